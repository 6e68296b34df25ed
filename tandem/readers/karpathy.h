// The splits of Karpathy and Fei-Fei, "Deep Visual-Semantic Alignments for Generating Image
// Descriptions" (2015): one dataset_NAME.json a data set, with captions and splits, which most
// papers on retrieval use.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Adds the pictures of the file, in its order, to the set. `place` gives the folder of the
/// pictures whose "filepath" is that (COCO's "val2014"; empty where the file has none); their ids
/// are "filepath/filename". "restval" is train. What is missing or damaged is left out as
/// picture_gathering.h says.
/// Throws FileError if the file is cut, no JSON or none of these, a split is unknown, or nothing is
/// left.
void read_karpathy(const std::filesystem::path& file,
                   const std::function<std::filesystem::path(const std::string& filepath)>& place, CaptionSet& set);

}  // namespace tandem

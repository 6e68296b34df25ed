// The splits of Karpathy and Fei-Fei, "Deep Visual-Semantic Alignments for Generating Image
// Descriptions" (2015): one dataset_NAME.json per data set, with captions and splits. Most papers
// on retrieval use them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Adds the pictures of the file to the set, in the file's order. `place` returns the folder of the
/// pictures for their "filepath" (COCO's "val2014"; empty if the file has none). Ids are
/// "filepath/filename". "restval" is train. Missing and damaged entries are left out as in
/// picture_gathering.h.
/// Throws FileError if the file is cut, is not JSON or not of this format, a split is unknown, or
/// nothing is left.
void read_karpathy(const std::filesystem::path& file,
                   const std::function<std::filesystem::path(const std::string& filepath)>& place, CaptionSet& set);

}  // namespace tandem

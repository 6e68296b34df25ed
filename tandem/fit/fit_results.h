// What a fit chose and measured, for fit.json.
#pragma once

#include <filesystem>
#include <string>

#include "tandem/base/progress.h"
#include "tandem/model/fit_correction.h"
#include "tandem/model/run_folder.h"
#include "tandem/retrieval/bootstrap.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// One object for each pair of heads of the run: "what" it is in words, "dev_mean_recall" in percent
/// or null, and "weight", its share.
Json parts_json(const Run& run);

/// {"method": name or null, "dev_mean_recall": [without, with], "words": a sentence}.
///
///   where  the pictures that it was chosen on, in words: "dev"
Json correction_json(const CorrectionFit& fit, const std::string& where);

/// Measures the split once. The result has "split", "images", "captions", "correction" (a method or
/// null), "image_to_text", "text_to_image" (both as search ranks, each with r1, r5, r10,
/// median_rank and "interval"), "uncorrected" with the same two (null without a correction),
/// "chance" and "leaks", the number of measured pictures that are in train or dev too.
/// Throws FileError and c10::ValueError as evaluate_retrieval and measure_corrected do.
Json measured_split(const std::filesystem::path& run, const std::filesystem::path& features, const std::string& split,
                    const BootstrapOptions& bootstrap, const Stages& stages = {});

}  // namespace tandem

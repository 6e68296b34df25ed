// What a correction for hubs makes of the retrieval that 'tandem eval' measures.
#pragma once

#include <ATen/core/Tensor.h>

#include <iosfwd>
#include <optional>
#include <string>

#include "apps/stored_correction.h"
#include "tandem/retrieval/hubness.h"
#include "tandem/retrieval/protocol.h"
#include "tandem/storage/json_file.h"

namespace tandem::apps {

struct CorrectionArguments {
  std::string wanted = "run";  ///< as add_correction_option has it
  bool transductive = false;
};

/// Adds --correction and --transductive. `arguments` must outlive the command.
void add_correction_options(CLI::App& command, CorrectionArguments& arguments);

/// Skewness of the k-occurrence, with captions or pictures as answers.
struct AnswerHubness {
  Hubness text;   ///< image to text
  Hubness image;  ///< text to image
};

struct CorrectedRetrieval {
  CorrectionMethod method = CorrectionMethod::kNnn;
  bool transductive = false;
  CorrectionPair settings;
  RetrievalResult result;
  AnswerHubness before, after;
};

/// Measures the same again with the run's correction; nothing where there is none to apply.
/// Throws FileError as chosen_correction does; c10::ValueError if `transductive` is asked for
/// without a correction, or as measure_retrieval.
std::optional<CorrectedRetrieval> measure_corrected(const std::filesystem::path& run_folder,
                                                    const CorrectionArguments& arguments, const at::Tensor& image,
                                                    const at::Tensor& text, const at::Tensor& image_of_text,
                                                    Protocol protocol);

void print_corrected(const CorrectedRetrieval& corrected, std::ostream& out);
Json corrected_json(const CorrectedRetrieval& corrected);

}  // namespace tandem::apps

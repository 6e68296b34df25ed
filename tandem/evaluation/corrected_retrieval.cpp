#include "tandem/evaluation/corrected_retrieval.h"

#include <c10/util/Exception.h>

#include <algorithm>

namespace tandem {
namespace {

AnswerHubness hubness_of(const at::Tensor& image, const at::Tensor& text) {
  const std::int64_t k = std::min({kUsualOccurrence, image.size(0), text.size(0)});
  return {.text = measure_hubness(image, text, k), .image = measure_hubness(text, image, k)};
}

}  // namespace

std::optional<CorrectedRetrieval> measure_corrected(const std::filesystem::path& run_folder,
                                                    const CorrectionOptions& options, const at::Tensor& image,
                                                    const at::Tensor& text, const at::Tensor& image_of_text,
                                                    Protocol protocol) {
  const std::optional<ChosenCorrection> chosen = chosen_correction(run_folder, options.wanted);
  TORCH_CHECK_VALUE(chosen || !options.transductive, "eval: --transductive needs a correction, got --correction ",
                    options.wanted, " and a run that has none ('tandem correct' fits one)");
  if (!chosen) return std::nullopt;
  const BiasedEmbeddings biased = corrected(*chosen, image, text, options.transductive);
  return CorrectedRetrieval{.method = chosen->method,
                            .transductive = options.transductive,
                            .settings = options.transductive ? chosen->fitted.transductive : chosen->fitted.inductive,
                            .result = measure_retrieval(biased.image, biased.text, image_of_text, protocol),
                            .before = hubness_of(image, text),
                            .after = hubness_of(biased.image, biased.text)};
}

}  // namespace tandem

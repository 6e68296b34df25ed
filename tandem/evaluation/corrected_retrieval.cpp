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

std::optional<CorrectedRetrieval> measure_corrected(const RetrievalInput& input, const RetrievalEvaluation& evaluation,
                                                    const CorrectionOptions& options) {
  const std::optional<ChosenCorrection> chosen = chosen_correction(input.run.folder, options.wanted);
  TORCH_CHECK_VALUE(chosen || !options.transductive, "eval: --transductive needs a correction, got --correction ",
                    options.wanted, " and a run that has none ('tandem correct' fits one)");
  if (!chosen) return std::nullopt;
  CorrectedRetrieval measured{.method = chosen->method,
                              .transductive = options.transductive,
                              .settings = options.transductive ? chosen->fitted.transductive : chosen->fitted.inductive,
                              .embeddings = corrected(*chosen, input.image, input.text, options.transductive)};
  const BiasedEmbeddings& biased = measured.embeddings;
  measured.result = measure_retrieval(biased.image, biased.text, input.image_of_text,
                                      *protocol_named(evaluation.protocol), {}, {}, evaluation.rule.same);
  if (evaluation.bootstrap.samples > 0)
    measured.intervals = retrieval_intervals(measured.result, evaluation.ks, evaluation.bootstrap);
  measured.before = hubness_of(input.image, input.text);
  measured.after = hubness_of(biased.image, biased.text);
  return measured;
}

}  // namespace tandem

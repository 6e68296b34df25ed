#include "tandem/model/fit_correction.h"

#include <ATen/ops/arange.h>

#include <algorithm>

#include "tandem/model/model.h"
#include "tandem/model/run_place.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/folder_lock.h"

namespace tandem {
namespace {

double mean_of_recalls(const std::vector<std::int64_t>& ranks) {
  return (recall_at(ranks, 1) + recall_at(ranks, 5) + recall_at(ranks, 10)) / 3;
}

CorrectionResult measured_on_dev(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  const std::int64_t k = std::min({kUsualOccurrence, image.size(0), text.size(0)});
  return {.image_to_text = mean_of_recalls(ranks.image_to_text),
          .text_to_image = mean_of_recalls(ranks.text_to_image),
          .text = measure_hubness(image, text, k),
          .image = measure_hubness(text, image, k)};
}

/// Chooses the method's settings, by the banks and by dev's own queries, and measures both.
void fit_method(CorrectionMethod method, const CorrectionChoice& on, CorrectionFit& fit, const Progress& progress) {
  CorrectionChoice own = on;
  own.image_bank = on.image;
  own.text_bank = on.text;
  const FittedCorrection fitted{.inductive = choose_correction(on, method, progress),
                                .transductive = choose_correction(own, method, progress)};
  fit.stored.fitted[method] = fitted;
  const ChosenCorrection chosen{
      .method = method, .fitted = fitted, .image_bank = on.image_bank, .text_bank = on.text_bank};
  for (const bool transductive : {false, true}) {
    const BiasedEmbeddings biased = corrected(chosen, on.image, on.text, transductive);
    CorrectionResult result = measured_on_dev(biased.image, biased.text, on.image_of_text);
    result.method = method;
    result.transductive = transductive;
    result.settings = transductive ? fitted.transductive : fitted.inductive;
    fit.results.push_back(result);
  }
}

/// The best on dev of those that need no test queries; nothing where dev is best without any.
std::optional<CorrectionMethod> best_method(const std::vector<CorrectionResult>& results) {
  const CorrectionResult* best = &results.front();
  for (const CorrectionResult& result : results) {
    if (!result.transductive && result.mean_recall() > best->mean_recall()) best = &result;
  }
  return best->method;
}

}  // namespace

at::Tensor correction_bank(const at::Tensor& rows, std::int64_t most) {
  const std::int64_t kept = std::min(most, rows.size(0));
  return as_stored(rows.index_select(0, at::arange(kept, at::kLong).mul(rows.size(0)).floor_divide(kept)));
}

CorrectionFit fit_correction(const CorrectionChoice& on, std::optional<CorrectionMethod> method, const Stages& stages) {
  CorrectionFit fit{.dev_images = on.image.size(0),
                    .dev_captions = on.text.size(0),
                    .stored = {.image_bank = on.image_bank, .text_bank = on.text_bank},
                    .results = {measured_on_dev(on.image, on.text, on.image_of_text)}};
  for (const CorrectionMethod one : method ? std::vector{*method} : all_corrections()) {
    fit_method(one, on, fit, begin_stage(stages, "choosing " + std::string(correction_name(one)), "settings"));
  }
  fit.stored.chosen = method ? method : best_method(fit.results);
  return fit;
}

CorrectionFit fit_run_correction(const std::filesystem::path& run_folder, const std::filesystem::path& features,
                                 const FitCorrectionOptions& options, const Stages& stages) {
  const FolderLock lock(run_folder);
  sweep_temporaries(run_folder, is_run_entry);
  const EmbeddedSplit dev = Model::open(run_folder).embed(features, "dev");
  CorrectionChoice on{.image = dev.image, .text = dev.text, .image_of_text = dev.pairs.image_of_text};
  {
    const PairedFeatures train = select_split(dev.store, Split::kTrain);
    on.image_bank = correction_bank(embed_all(dev.run.image_heads, train.image), options.bank_rows);
    on.text_bank = correction_bank(embed_all(dev.run.text_heads, train.text), options.bank_rows);
  }
  CorrectionFit fit = fit_correction(on, options.method, stages);
  fit.data_name = dev.store.manifest().data_name;
  write_correction(run_folder, fit.stored);
  return fit;
}

}  // namespace tandem

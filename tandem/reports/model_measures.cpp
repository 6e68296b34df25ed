#include "tandem/reports/model_measures.h"

#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/analysis/mutual_knn.h"
#include "tandem/base/errors.h"
#include "tandem/reports/pair_sample.h"
#include "tandem/reports/training_history.h"
#include "tandem/retrieval/hubness.h"

namespace tandem {
namespace {

constexpr std::int64_t kSimilarityBins = 160;
constexpr std::int64_t kLargestK = 50;
constexpr std::int64_t kAgreementNeighbours = 10;

AnswerLists lists_of(const at::Tensor& image, const at::Tensor& text) {
  const std::int64_t k = std::min({kUsualOccurrence, image.size(0), text.size(0)});
  return {.length = k, .pictures = k_occurrence(text, image, k), .captions = k_occurrence(image, text, k)};
}

/// With the biases of the model's correction, if it has one.
void measure_as_search(ModelMeasures& measures) {
  const RetrievalInput& input = measures.input;
  measures.image = input.image;
  measures.text = input.text;
  measures.plain_lists = lists_of(input.image, input.text);
  measures.lists = measures.plain_lists;
  measures.corrected = measure_corrected(input, measures.plain, {});
  if (measures.corrected) {
    measures.image = measures.corrected->embeddings.image;
    measures.text = measures.corrected->embeddings.text;
    measures.lists = lists_of(measures.image, measures.text);
  }
  const std::int64_t largest_k =
      std::min({kLargestK, measures.result().gallery_images, measures.result().gallery_captions});
  measures.curves = recall_curves(measures.result(), largest_k, measures.plain.bootstrap);
}

void measure_maps(ModelMeasures& measures, const Stages& stages) {
  const EmbeddedSplit& embedded = measures.embedded();
  const PairSample sample = draw_pairs(embedded.pairs, measures.options.map_pairs, measures.options.seed);
  measures.mapped = sample.images.size(0);
  measures.maps = maps_before_after(embedded, sample, MapMethod::kTsne, measures.options.seed, stages);
  NeighbourAgreement& agreement = measures.agreement;
  if (measures.mapped <= 2 * kAgreementNeighbours) return;
  agreement.neighbours = kAgreementNeighbours;
  const auto agree = [&](const at::Tensor& image, const at::Tensor& text) {
    return mutual_knn(nearest_others(image.index_select(0, sample.images), agreement.neighbours),
                      nearest_others(text.index_select(0, sample.texts), agreement.neighbours));
  };
  agreement.encoders = agree(embedded.pairs.image, embedded.pairs.text);
  agreement.shared = agree(embedded.image, embedded.text);
  agreement.chance = static_cast<double>(agreement.neighbours) / static_cast<double>(measures.mapped - 1);
}

void read_curves(ModelMeasures& measures, const Model& model) {
  const Run& run = measures.run();
  if (run.cca) {
    measures.no_curves = "The heads were solved for in closed form, so there are no epochs to draw.";
  } else if (!run.members.empty()) {
    measures.no_curves = "The model is made of several; the curves of each are in its own folder.";
  } else if (!std::filesystem::exists(model.folder() / kMetricsName)) {
    measures.no_curves =
        std::string("The model's folder holds no ") + kMetricsName + ", so there are no epochs to draw.";
  } else {
    measures.epochs = read_training_history(model.folder());
  }
}

void audit(ModelMeasures& measures, const Model& model, const Stages& stages) {
  const std::string& split = measures.options.split;
  if (split == "train" || split == "all") {
    measures.no_audit =
        "Pairs that the model was trained on must be judged by heads that were not, which takes minutes.";
    return;
  }
  try {
    measures.audit = audit_model(model,
                                 {.features = measures.options.features,
                                  .split = split,
                                  .seed = measures.options.seed,
                                  .pictures = measures.options.pictures},
                                 stages);
  } catch (const c10::ValueError& error) {
    measures.no_audit = std::string("The pairs could not be judged: ") + error.what_without_backtrace() + ".";
  }
}

std::int64_t missing_files(const EmbeddedSplit& embedded) {
  return std::count_if(embedded.pairs.image_in_store.begin(), embedded.pairs.image_in_store.end(),
                       [&](std::int64_t row) {
                         const std::filesystem::path& file = embedded.store.manifest().pictures[row].file;
                         std::error_code error;
                         return file.empty() || !std::filesystem::exists(file, error);
                       });
}

}  // namespace

ModelMeasures measure_model(const Model& model, const ModelReportOptions& options, const Stages& stages) {
  ModelMeasures measures{.options = options};
  measures.input = read_run_input(
      {.folder = model.folder().string(), .features = options.features.string(), .split = options.split});
  if (!options.pictures.empty()) measures.input.embedded->store.move_pictures(options.pictures);
  const EmbeddedSplit& embedded = measures.embedded();
  if (embedded.image.size(0) < 2)
    throw FileError(model.folder(), "at least two pictures in split " + options.split,
                    std::to_string(embedded.image.size(0)));
  read_curves(measures, model);
  measures.missing_files = missing_files(embedded);
  measures.plain = evaluate_retrieval(measures.input, {}, stages);
  measure_as_search(measures);
  measures.slices =
      slice_recalls(measures.input, measures.result(), measures.plain.ks, "", {}, stages, {}, SliceLooks::kSplit);
  measures.similarity = pair_similarities(embedded.image, embedded.text, embedded.pairs.image_of_text, kSimilarityBins);
  measure_maps(measures, stages);
  audit(measures, model, stages);
  return measures;
}

}  // namespace tandem

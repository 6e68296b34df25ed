#include "tandem/evaluation/classification.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argsort.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/data/caption_templates.h"
#include "tandem/features/feature_store.h"

namespace tandem {
namespace {

Progress prompt_stage(const Stages& stages) { return begin_stage(stages, "encoding prompts", "prompts"); }

ClassList classes_of_training(const Model& model) {
  const std::filesystem::path& features = model.run().features_folder;
  if (!std::filesystem::exists(features))
    throw FileError(features,
                    "the features that the model was trained on, for their classes (--classes FILE gives others)",
                    "none");
  const FeatureStore store = model.open_features();
  return classes_of(store.manifest().image_labels, store.folder());
}

}  // namespace

at::Tensor embed_classes(const Model& model, const std::vector<std::string>& words,
                         const std::vector<std::string>& templates, const Progress& progress) {
  std::vector<std::string> prompts;
  for (const std::string& one_class : words) {
    for (const std::string& one : templates) prompts.push_back(filled_template(one, one_class));
  }
  return class_vectors(model.embed_texts(prompts, progress), static_cast<std::int64_t>(templates.size()));
}

Classification classify_labelled(const Model& model, LabelledPictures pictures, const ClassificationOptions& options,
                                 const Stages& stages) {
  ClassList classes =
      options.classes.empty() ? classes_of(pictures.labels, pictures.source) : read_classes(options.classes);
  const at::Tensor label = class_rows(classes, pictures.labels, pictures.ids, pictures.source);
  const at::Tensor vectors = embed_classes(model, classes.words, options.templates, prompt_stage(stages));
  ZeroShotResult result = classify(pictures.image, vectors, label);
  return {.pictures = std::move(pictures),
          .classes = std::move(classes),
          .templates = options.templates,
          .result = std::move(result)};
}

std::vector<std::vector<ClassGuess>> nearest_classes(const at::Tensor& image, const at::Tensor& classes,
                                                     double logit_scale, std::int64_t k) {
  const at::Tensor similarity = at::matmul(image, classes.t());
  const at::Tensor probability = at::softmax(similarity * logit_scale, 1);
  const at::Tensor order = at::argsort(similarity, /*stable=*/true, /*dim=*/1, /*descending=*/true);
  const std::int64_t shown = std::min(k, similarity.size(1));
  std::vector<std::vector<ClassGuess>> guesses(similarity.size(0));
  for (std::int64_t i = 0; i < similarity.size(0); ++i) {
    for (std::int64_t place = 0; place < shown; ++place) {
      const std::int64_t c = order[i][place].item<std::int64_t>();
      guesses[i].push_back(
          {.row = c, .probability = probability[i][c].item<double>(), .similarity = similarity[i][c].item<double>()});
    }
  }
  return guesses;
}

ClassifiedFiles classify_files(const Model& model, const std::vector<std::string>& files,
                               const ClassificationOptions& options, std::int64_t k, const Stages& stages) {
  ClassList classes = options.classes.empty() ? classes_of_training(model) : read_classes(options.classes);
  const at::Tensor image = model.embed_pictures(std::vector<std::filesystem::path>(files.begin(), files.end()),
                                                begin_stage(stages, "encoding pictures", "pictures"));
  const at::Tensor vectors = embed_classes(model, classes.words, options.templates, prompt_stage(stages));
  return {.files = files,
          .classes = std::move(classes),
          .guesses = nearest_classes(image, vectors, model.logit_scale(), k)};
}

}  // namespace tandem

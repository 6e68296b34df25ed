#include "tandem/evaluation/space_geometry.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>

#include <algorithm>

#include "tandem/analysis/geometry.h"
#include "tandem/losses/contrastive_loss.h"
#include "tandem/losses/fitted_scale.h"
#include "tandem/maps/modality_gap.h"

namespace tandem {
namespace {

/// The first caption of every picture, as rows of the captions.
at::Tensor first_captions(const at::Tensor& image_of_text, std::int64_t images) {
  std::vector<std::int64_t> first(images, -1);
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < image_of_text.size(0); ++j) {
    if (first[partner[j]] < 0) first[partner[j]] = j;
  }
  return at::tensor(first, at::kLong);
}

}  // namespace

SpaceGeometry measure_geometry(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                               double logit_scale) {
  const std::int64_t k = std::min({kUsualOccurrence, image.size(0), text.size(0)});
  // One right answer per query both ways: several captions of a picture would share its probability.
  const at::Tensor one_each = text.index_select(0, first_captions(image_of_text, image.size(0)));
  const at::Tensor own_row = at::arange(image.size(0), at::kLong);
  return {.alignment = alignment(image, text, image_of_text),
          .image_uniformity = uniformity(image),
          .text_uniformity = uniformity(text),
          .gap = modality_gap(image, text),
          .separability = linear_separability(image, text),
          .image_rank = effective_rank(image),
          .text_rank = effective_rank(text),
          .similarity = pair_similarities(image, text, image_of_text),
          .occurrence = k,
          .image_hubness = measure_hubness(text, image, k),
          .text_hubness = measure_hubness(image, text, k),
          .image_to_text = softmax_calibration(image, one_each, own_row, logit_scale),
          .text_to_image = softmax_calibration(text, image, image_of_text, logit_scale)};
}

LogitScale logit_scale_of(const EmbeddedSplit& embedded) {
  const Run& run = embedded.run;
  if (run.cca || !run.members.empty()) return {.value = run.logit_scale, .origin = "the run's"};
  if (uses_scale(run.options.loss.kind))
    return {.value = run.logit_scale, .origin = run.options.learn_scale ? "trained" : "fixed"};
  const std::vector<Split>& splits = embedded.store.manifest().image_splits;
  if (std::count(splits.begin(), splits.end(), Split::kDev) < 2) {
    return {.value = fitted_logit_scale(embedded.image, embedded.text, embedded.pairs.image_of_text),
            .origin = "fitted on the split measured"};
  }
  const PairedFeatures dev = select_split(embedded.store, Split::kDev);
  return {.value = fitted_logit_scale(embed_all(run.image_heads, dev.image), embed_all(run.text_heads, dev.text),
                                      dev.image_of_text),
          .origin = "fitted on dev"};
}

}  // namespace tandem

#include "tandem/maps/joint_projection.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/maps/modality_gap.h"
#include "tandem/maps/pca.h"
#include "tandem/maps/placement.h"

namespace tandem {
namespace {

void lay_out(const JointProjectionOptions& options, JointProjection& map) {
  if (map.method == MapMethod::kPca) {
    const Pca pca = fit_pca(map.rows, 2);
    map.points = project(pca, map.rows);
    map.variance_shown = pca.total_variance > 0 ? pca.explained_variance.sum().item<double>() / pca.total_variance : 0;
    return;
  }
  const TsneResult result = tsne(map.rows, options.tsne);
  map.points = result.map;
  map.kl = result.kl;
  map.perplexity = result.perplexity;
}

bool has_rows(const at::Tensor& side) { return side.dim() == 2 && side.size(0) > 0; }

/// Pictures may stand alone.
void check_sides(const char* function, const at::Tensor& image, const at::Tensor& text,
                 const at::Tensor& image_of_text) {
  if (has_rows(text)) {
    modality_gap(image, text);  // checks the shapes
  } else {
    check_shape(function, "image", image, {kAnySize, kAnySize});
    check_shape(function, "text", text, {0, image.size(1)});
    TORCH_CHECK_VALUE(has_rows(image), function, ": at least one picture was needed, got none");
  }
  check_shape(function, "image_of_text", image_of_text, {text.size(0)});
}

void set_rows(const at::Tensor& image, const at::Tensor& text, JointProjection& map) {
  map.images = image.size(0);
  map.modality_gap = has_rows(text) ? modality_gap(image, text) : 0;
  map.rows = map.gap_closed
                 ? at::cat({centred_to_unit_length(image, map.image_mean), centred_to_unit_length(text, map.text_mean)})
                 : at::cat({image.to(at::kFloat), text.to(at::kFloat)});
}

void measure(const at::Tensor& image_of_text, const JointProjectionOptions& options, JointProjection& map) {
  const std::int64_t k = std::min(options.quality_neighbours, (map.rows.size(0) - 1) / 2);
  if (k > 0) map.quality = map_quality(map.rows, map.points, k, options.quality_rows);
  if (has_rows(map.text_points()))
    map.pair_distance = pair_distance(map.image_points(), map.text_points(), image_of_text);
}

}  // namespace

at::Tensor JointProjection::image_points() const { return points.narrow(0, 0, images); }
at::Tensor JointProjection::text_points() const { return points.narrow(0, images, points.size(0) - images); }

JointProjection project_jointly(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                const JointProjectionOptions& options) {
  check_sides("project_jointly", image, text, image_of_text);
  JointProjection map{.method = options.method, .gap_closed = options.close_gap};
  map.image_mean = image.to(at::kDouble).mean(0);
  map.text_mean = has_rows(text) ? text.to(at::kDouble).mean(0) : at::zeros({image.size(1)}, at::kDouble);
  set_rows(image, text, map);
  lay_out(options, map);
  measure(image_of_text, options, map);
  return map;
}

JointProjection place_jointly(const JointProjection& map, const at::Tensor& image, const at::Tensor& text,
                              const at::Tensor& image_of_text, const JointProjectionOptions& options) {
  check_shape("place_jointly", "image", image, {kAnySize, map.rows.size(1)});
  check_sides("place_jointly", image, text, image_of_text);
  JointProjection placed{
      .method = map.method, .gap_closed = map.gap_closed, .image_mean = map.image_mean, .text_mean = map.text_mean};
  set_rows(image, text, placed);
  placed.points = map.method == MapMethod::kPca
                      ? project(fit_pca(map.rows, 2), placed.rows)
                      : place_on_map(map.rows, map.points, placed.rows, {.progress = options.tsne.progress});
  measure(image_of_text, options, placed);
  return placed;
}

}  // namespace tandem

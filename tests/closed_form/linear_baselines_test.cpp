#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "closed_form/reference_rows.h"
#include "tandem/closed_form/cca.h"
#include "tandem/closed_form/procrustes.h"
#include "tandem/closed_form/ridge.h"

using namespace tandem;
using tests::ReferenceRows;

namespace {

/// [N, M] of new rows.
at::Tensor similarities(const ReferenceRows& rows, const PairedAxes& axes, const LinearMaps& maps) {
  return at::mm(mapped(on_axes(axes.image, rows.new_image), maps.image),
                mapped(on_axes(axes.text, rows.new_text), maps.text).t());
}

bool near(const at::Tensor& a, const at::Tensor& b, double tolerance) {
  return at::allclose(a.to(at::kDouble), b.to(at::kDouble), tolerance, tolerance);
}

/// `pictures` rows and their images under `map`, one caption each.
CaptionedRows mapped_rows(std::int64_t pictures, const at::Tensor& map) {
  at::Generator chance = at::detail::createCPUGenerator(3);
  const at::Tensor image = at::randn({pictures, map.size(0)}, chance);
  return {.image = image, .text = at::mm(image, map), .image_of_text = at::arange(pictures, at::kLong)};
}

}  // namespace

TEST_CASE("canonical directions, weighted, equal scipy's generalised eigenproblem") {
  const ReferenceRows rows;
  const PairedAxes axes = paired_axes(rows.train);
  const CanonicalDirections directions = canonical_directions(axes, 0.1, 4);
  CHECK(near(directions.correlations, rows.file.tensor("correlations"), 1e-4));
  CHECK(near(similarities(rows, axes, weighted(directions, 2)), rows.file.tensor("cca"), 2e-4));
}

TEST_CASE("ridge regression equals scikit-learn's, both ways") {
  const ReferenceRows rows;
  const PairedAxes axes = paired_axes(rows.train);
  CHECK(near(similarities(rows, axes, ridge(axes, RidgeWay::kTextToImage, 0.1)), rows.file.tensor("ridge_to_image"),
             1e-4));
  CHECK(near(similarities(rows, axes, ridge(axes, RidgeWay::kImageToText, 0.1)), rows.file.tensor("ridge_to_text"),
             1e-4));
}

TEST_CASE("orthogonal Procrustes after PCA equals scipy's") {
  const ReferenceRows rows;
  const PairedAxes axes = paired_axes(rows.train);
  CHECK(near(similarities(rows, axes, procrustes(axes, 4)), rows.file.tensor("procrustes"), 2e-4));
}

TEST_CASE("axes are orthonormal, and variances fall and sum to those of the columns") {
  const ReferenceRows rows;
  const SideAxes& side = paired_axes(rows.train).text;
  CHECK(near(at::mm(side.axes.t(), side.axes), at::eye(6), 1e-5));
  CHECK((side.variance.narrow(0, 0, 5) - side.variance.narrow(0, 1, 5)).min().item<double>() >= 0);
  CHECK(side.variance.sum().item<double>() == doctest::Approx(6.0).epsilon(1e-4));  // standardised over captions
}

TEST_CASE("canonical directions of the canonical problem are uncorrelated and of unit regularised variance") {
  const PairedAxes axes = paired_axes(ReferenceRows().train);
  const CanonicalDirections directions = canonical_directions(axes, 0.5, 6);
  const at::Tensor image = axes.image.variance + 0.5 * axes.image.variance.mean();
  CHECK(near(at::mm(directions.image.t(), image.unsqueeze(1) * directions.image), at::eye(directions.image.size(1)),
             1e-6));
  CHECK(near(at::mm(at::mm(directions.image.t(), axes.cross), directions.text).diagonal(), directions.correlations,
             1e-6));
}

TEST_CASE("sides that are linear maps of each other correlate fully, and a wider text side makes no difference") {
  at::Generator chance = at::detail::createCPUGenerator(5);
  for (const std::int64_t width : {4, 7}) {
    const PairedAxes axes = paired_axes(mapped_rows(200, at::randn({5, width}, chance)));
    const CanonicalDirections directions = canonical_directions(axes, 1e-6, 100);
    CHECK(directions.correlations.size(0) == std::min<std::int64_t>(5, width));
    CHECK(directions.correlations.min().item<double>() > 0.999);
  }
}

TEST_CASE("Procrustes finds a rotation") {
  at::Generator chance = at::detail::createCPUGenerator(5);
  // Columns of one variance keep their standardised axes; the rotation between the sides is then
  // all there is to find.
  const CaptionedRows rows = mapped_rows(500, std::get<0>(at::linalg_qr(at::randn({6, 6}, chance))));
  const PairedAxes axes = paired_axes(rows);
  const LinearMaps maps = procrustes(axes, 6);
  const at::Tensor image = mapped(on_axes(axes.image, rows.image), maps.image);
  const at::Tensor text = mapped(on_axes(axes.text, rows.text), maps.text);
  CHECK((image * text).sum(1).min().item<double>() > 0.99);
}

TEST_CASE("a constant column and a single caption a picture are no trouble, and one pair is refused") {
  CaptionedRows rows = mapped_rows(20, at::eye(3));
  rows.image.select(1, 1).fill_(7);
  const PairedAxes axes = paired_axes(rows);
  CHECK(mapped(on_axes(axes.image, rows.image), ridge(axes, RidgeWay::kImageToText, 0.1).image)
            .isfinite()
            .all()
            .item<bool>());
  const CaptionedRows one = {.image = rows.image.narrow(0, 0, 1),
                             .text = rows.text.narrow(0, 0, 1),
                             .image_of_text = rows.image_of_text.narrow(0, 0, 1)};
  CHECK_THROWS_WITH_AS(paired_axes(one), doctest::Contains("paired_axes: at least two pairs were needed, got 1"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(canonical_directions(axes, 0, 4), doctest::Contains("regularisation must be above 0"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(procrustes(axes, 4), doctest::Contains("width must be from 1 to 3, got 4"), c10::ValueError);
}

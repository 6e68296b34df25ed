#include "tandem/evaluation/space_geometry.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <doctest/doctest.h>

#include "evaluation/toy_model.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_model;

TEST_CASE("the geometry of a perfect space: true pairs are one and all others are at right angles") {
  const at::Tensor image = at::eye(8);
  const at::Tensor image_of_text = at::arange(16, at::kLong).div(2, "floor");
  const SpaceGeometry geometry = measure_geometry(image, image.index_select(0, image_of_text), image_of_text, 100);
  CHECK(geometry.alignment == doctest::Approx(0).epsilon(1e-6));
  CHECK(geometry.gap == doctest::Approx(0).epsilon(1e-6));
  CHECK(geometry.image_rank == doctest::Approx(8));
  CHECK(geometry.text_rank == doctest::Approx(8));
  CHECK(geometry.similarity.auc == 1);
  CHECK(geometry.similarity.aligned.pairs == 16);
  CHECK(geometry.similarity.misaligned.pairs == 16 * 7);
  CHECK(geometry.occurrence == 8);
  for (const Calibration* way : {&geometry.image_to_text, &geometry.text_to_image}) {
    CHECK(way->accuracy == 1);
    CHECK(way->confidence == doctest::Approx(1));
  }
}

TEST_CASE("the logit scale is the run's own where its loss uses one, and fitted where it does not") {
  const ScratchFolder folder;
  const Model model =
      toy_model(folder, 60, [](std::int64_t image) { return image < 40 ? Split::kTrain : Split::kDev; });
  EmbeddedSplit embedded = model.embed({}, "train");
  CHECK(logit_scale_of(embedded).origin == "trained");
  CHECK(logit_scale_of(embedded).value == model.logit_scale());
  embedded.run.options.learn_scale = false;
  CHECK(logit_scale_of(embedded).origin == "fixed");
  embedded.run.options.loss.kind = LossKind::kSumHinge;
  CHECK(logit_scale_of(embedded).origin == "fitted on dev");
  embedded.run.members = members_of(embedded.run);
  CHECK(logit_scale_of(embedded).origin == "the run's");

  const ScratchFolder without_dev;
  EmbeddedSplit other = toy_model(without_dev, 40, [](std::int64_t) { return Split::kTrain; }).embed({}, "train");
  other.run.options.loss.kind = LossKind::kHardestHinge;
  CHECK(logit_scale_of(other).origin == "fitted on the split measured");
}

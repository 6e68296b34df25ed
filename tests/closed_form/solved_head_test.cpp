#include "tandem/closed_form/solved_head.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <vector>

#include "closed_form/reference_rows.h"
#include "tandem/closed_form/cca_settings.h"
#include "tandem/heads/view_pooling.h"

using namespace tandem;
using tests::ReferenceRows;

namespace {

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace

TEST_CASE("a solved head embeds as the map does") {
  const ReferenceRows rows;
  const PairedAxes axes = paired_axes(rows.train);
  const LinearMaps maps = weighted(canonical_directions(axes, 0.1, 4), 1);
  CHECK(largest_difference(embed_all(solved_head(axes.image, maps.image), rows.new_image),
                           mapped(on_axes(axes.image, rows.new_image), maps.image)) < 1e-5);
  CHECK(largest_difference(embed_all(solved_head(axes.text, maps.text), rows.new_text),
                           mapped(on_axes(axes.text, rows.new_text), maps.text)) < 1e-5);
}

TEST_CASE("a solved head averages tokens itself, those that are missing left out, wherever they lie") {
  at::Generator chance = at::detail::createCPUGenerator(3);
  const std::vector<PooledColumns> tokens = {{.begin = 2, .count = 3, .width = 4, .tokens = true},
                                             {.begin = 15, .count = 2, .width = 2, .tokens = true}};
  at::Tensor text = at::randn({60, 19}, chance) + 1;
  text.narrow(0, 0, 30).narrow(1, 10, 4).zero_();  // the last of the first block's
  text.narrow(0, 0, 1).narrow(1, 2, 12).zero_();   // none at all
  const at::Tensor averaged = with_tokens_averaged(text, tokens);
  REQUIRE(averaged.size(1) == 19 - 8 - 2);
  const CaptionedRows rows = {.image = averaged.narrow(1, 0, 5) + at::randn({60, 5}, chance) * 0.2,
                              .text = averaged,
                              .image_of_text = at::arange(60, at::kLong)};
  const PairedAxes axes = paired_axes(rows);
  const LinearMaps maps = weighted(canonical_directions(axes, 0.1, 3), 1);
  const ProjectionHead head = solved_head(axes.text, maps.text, tokens);
  CHECK(head.feature_width() == 19);
  CHECK(largest_difference(embed_all(head, text), mapped(on_axes(axes.text, averaged), maps.text)) < 1e-5);
}

TEST_CASE("maps and tokens that do not fit are refused in words") {
  const PairedAxes axes = paired_axes(ReferenceRows().train);
  const LinearMaps maps = weighted(canonical_directions(axes, 0.1, 4), 1);
  CHECK_THROWS_WITH_AS(solved_head(axes.image, maps.text), doctest::Contains("solved_head: map"), c10::ValueError);
  CHECK_THROWS_WITH_AS(solved_head(axes.text, maps.text, {{.begin = 3, .count = 2, .width = 4, .tokens = true}}),
                       doctest::Contains("tokens within 6 averaged columns were needed, got a block of 4 at column 3"),
                       c10::ValueError);
}

TEST_CASE("every setting of a grid is shown once, in order, as it would be alone") {
  const PairedAxes axes = paired_axes(ReferenceRows().train);
  const CcaGrid grid = {.regularisations = {0.1, 1}, .powers = {0, 2}, .width = 3};
  std::vector<std::pair<double, double>> shown;
  each_cca(axes, grid, [&](const LinearMaps& maps, double regularisation, double power) {
    shown.emplace_back(regularisation, power);
    CHECK(largest_difference(maps.image, weighted(canonical_directions(axes, regularisation, 3), power).image) == 0);
  });
  CHECK(shown == std::vector<std::pair<double, double>>{{0.1, 0}, {0.1, 2}, {1, 0}, {1, 2}});
  CHECK(grid.settings() == 4);
}

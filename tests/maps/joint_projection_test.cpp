#include "tandem/maps/joint_projection.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "mixture.h"

using tandem::JointProjection;
using tandem::MapMethod;
using tandem::project_jointly;
using tandem::tests::mixture;

namespace {

struct Sides {
  at::Tensor image;
  at::Tensor text;
  at::Tensor image_of_text;
};

/// Captions are their pictures a little moved, and all of them by `gap` along one direction.
Sides sides(double gap) {
  const at::Tensor rows = mixture(80, 6);
  at::Tensor text = rows + 0.1 * mixture(80, 6).flip(0);
  text.select(1, 0).add_(gap);
  return {rows, text, at::arange(80, at::kLong)};
}

}  // namespace

TEST_CASE("a joint map holds both sides and the numbers of its method") {
  const Sides given = sides(0);
  const JointProjection pca =
      project_jointly(given.image, given.text, given.image_of_text, {.method = MapMethod::kPca});
  CHECK(pca.image_points().sizes() == at::IntArrayRef({80, 2}));
  CHECK(pca.text_points().sizes() == at::IntArrayRef({80, 2}));
  CHECK(pca.variance_shown.value() > 0.3);
  CHECK(!pca.kl.has_value());
  const JointProjection tsne =
      project_jointly(given.image, given.text, given.image_of_text, {.tsne = {.perplexity = 10, .iterations = 400}});
  CHECK(!tsne.variance_shown.has_value());
  CHECK(tsne.perplexity.value() == 10);
  CHECK(tsne.quality.value().trustworthiness > 0.9);
  CHECK(tsne.pair_distance.paired < 0.3 * tsne.pair_distance.random);
}

TEST_CASE("closing the gap brings the halves of a pair together and the gap is told as it was") {
  const Sides apart = sides(40);
  const auto told = [&](bool close_gap) {
    return project_jointly(apart.image, apart.text, apart.image_of_text,
                           {.method = MapMethod::kPca, .close_gap = close_gap});
  };
  const JointProjection as_is = told(false);
  const JointProjection closed = told(true);
  CHECK(as_is.modality_gap == doctest::Approx(40).epsilon(0.01));
  CHECK(closed.modality_gap == as_is.modality_gap);
  CHECK(as_is.pair_distance.paired > 0.9 * as_is.pair_distance.random);
  CHECK(closed.pair_distance.paired < 0.3 * closed.pair_distance.random);
}

TEST_CASE("other pairs placed on a joint map land where it would have put them, with the gap closed or not") {
  const Sides given = sides(40);
  for (const bool close_gap : {false, true}) {
    for (const MapMethod method : {MapMethod::kPca, MapMethod::kTsne}) {
      const tandem::JointProjectionOptions options{
          .method = method, .tsne = {.perplexity = 8, .iterations = 300}, .close_gap = close_gap};
      const JointProjection map = project_jointly(given.image, given.text, given.image_of_text, options);
      const JointProjection placed = tandem::place_jointly(
          map, given.image.narrow(0, 20, 30), given.text.narrow(0, 20, 30), at::arange(30, at::kLong), options);
      CHECK(at::equal(placed.rows.narrow(0, 0, 30), map.rows.narrow(0, 20, 30)));
      const double apart =
          (placed.image_points() - map.image_points().narrow(0, 20, 30)).norm(2, {1}).mean().item<double>();
      const double cluster = method == MapMethod::kPca ? 1e-4 : 0.3;  // t-SNE: eight pairs share a place that wide
      CHECK(apart < cluster * map.points.norm(2, {1}).mean().item<double>());
      CHECK(placed.images == 30);
    }
  }
}

TEST_CASE("a handful of points have a map, with fewer neighbours looked at") {
  const at::Tensor rows = mixture(3, 4);
  const JointProjection map = project_jointly(rows, rows, at::arange(3, at::kLong), {.method = MapMethod::kPca});
  CHECK(map.quality.value().neighbours == 2);
  CHECK(!project_jointly(rows.narrow(0, 0, 1), rows.narrow(0, 1, 1), at::zeros({1}, at::kLong)).quality.has_value());
}

TEST_CASE("pictures alone have a map without a gap") {
  const at::Tensor rows = mixture(20, 4);
  const at::Tensor none = at::empty({0, rows.size(1)}), of_none = at::empty({0}, at::kLong);
  for (const bool close_gap : {false, true}) {
    const JointProjection map =
        project_jointly(rows, none, of_none, {.method = MapMethod::kPca, .close_gap = close_gap});
    CHECK(map.points.sizes() == at::IntArrayRef({20, 2}));
    CHECK(map.images == 20);
    CHECK(map.modality_gap == 0);
    CHECK(map.quality.has_value());
    const JointProjection placed = place_jointly(map, rows.narrow(0, 3, 4), none, of_none);
    CHECK(at::allclose(placed.points, map.points.narrow(0, 3, 4), 1e-4, 1e-4));
  }
  CHECK_THROWS_WITH_AS(project_jointly(none, none, of_none), doctest::Contains("at least one picture was needed"),
                       c10::ValueError);
}

TEST_CASE("a joint map refuses sides that do not fit") {
  const Sides given = sides(0);
  CHECK_THROWS_AS(project_jointly(given.image, given.text.narrow(1, 0, 5), given.image_of_text), c10::ValueError);
  CHECK_THROWS_WITH_AS(project_jointly(given.image, given.text, given.image_of_text.narrow(0, 0, 4)),
                       doctest::Contains("image_of_text must be [80], got [4]"), c10::ValueError);
}

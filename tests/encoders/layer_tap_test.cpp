#include "tandem/encoders/layer_tap.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

TEST_CASE("a tap gives the layers in the order they were asked for and joins parts of a batch") {
  LayerTap tap({2, 0, 2}, 3);
  CHECK(tap.deepest() == 2);
  CHECK(tap.wants(0));
  CHECK(!tap.wants(1));
  const at::Tensor first = at::randn({2, 3, 4});
  const at::Tensor second = at::randn({1, 3, 4});
  const at::Tensor other = at::randn({3, 3, 4});
  tap.keep(2, first);
  tap.keep(0, other);
  tap.keep(2, second);
  const std::vector<at::Tensor> kept = tap.kept();
  REQUIRE(kept.size() == 3);
  CHECK(kept[0].equal(at::cat({first, second})));
  CHECK(kept[1].equal(other));
  CHECK(kept[2].equal(kept[0]));
  CHECK_THROWS_AS(tap.keep(1, other), c10::ValueError);
}

TEST_CASE("a tap refuses layers a network does not have") {
  CHECK_THROWS_WITH_AS(LayerTap({}, 3), doctest::Contains("needed a layer at least"), c10::ValueError);
  CHECK_THROWS_WITH_AS(LayerTap({0, 4}, 3), doctest::Contains("layers must be from 0 to 3, got 4"), c10::ValueError);
  CHECK_THROWS_WITH_AS(LayerTap({-1}, 3), doctest::Contains("layers must be from 0 to 3, got -1"), c10::ValueError);
}

TEST_CASE("a map becomes states row by row") {
  const at::Tensor map = at::randn({2, 5, 3, 4});
  const at::Tensor states = map_states(map);
  REQUIRE(states.sizes() == at::IntArrayRef({2, 12, 5}));
  CHECK(states[1][6].equal(map[1].select(1, 1).select(1, 2)));
}

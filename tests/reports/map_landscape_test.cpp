#include "tandem/reports/map_landscape.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>

using namespace tandem;

namespace {

/// Two clouds of pictures, each with a caption beside it.
struct TwoClouds {
  JointMap map;
  std::vector<std::string> captions;
};

TwoClouds two_clouds() {
  TwoClouds made;
  const auto generator = [](std::uint64_t seed) { return at::detail::createCPUGenerator(seed); };
  const at::Tensor left = at::randn({30, 2}, generator(1)) * 0.3;
  const at::Tensor right = at::randn({20, 2}, generator(2)) * 0.3 + at::tensor({12.0F, 0.0F});
  made.map.image_points = at::cat({left, right});
  made.map.text_points = made.map.image_points + 0.05;
  for (std::int64_t i = 0; i < 50; ++i) {
    made.map.image_of_text.push_back(i);
    made.captions.push_back(i < 30 ? "a dog runs on the grass" : "two surfers in a wave");
  }
  return made;
}

}  // namespace

TEST_CASE("the regions of a map are named by the words of their captions, and lines enclose them") {
  const TwoClouds clouds = two_clouds();
  const AtlasLandscape landscape = map_landscape(clouds.map, clouds.captions);
  std::vector<AtlasRegion> widest;
  for (const AtlasRegion& region : landscape.regions) {
    if (region.depth == 0) widest.push_back(region);
  }
  REQUIRE(widest.size() == 2);
  CHECK(widest[0].count == 60);
  CHECK(widest[0].words == "dog, grass, runs");
  CHECK(widest[1].count == 40);
  CHECK(widest[1].words == "surfers, wave");
  CHECK(std::abs(widest[0].place.x) < 1);
  CHECK(std::abs(widest[1].place.x - 12) < 1);
  REQUIRE(landscape.contours.size() == landscape.shares.size());
  for (const std::vector<ContourLine>& lines : landscape.contours) CHECK_FALSE(lines.empty());
  CHECK(landscape.contours[0].size() == 2);  // nine tenths of the points: around each cloud
}

TEST_CASE("few points have lines but no regions, and points at one place have neither") {
  const TwoClouds clouds = two_clouds();
  JointMap few = clouds.map;
  few.image_points = few.image_points.narrow(0, 0, 2);
  few.text_points = few.text_points.narrow(0, 0, 2);
  few.image_of_text = {0, 1};
  const AtlasLandscape landscape = map_landscape(few, {"a dog", "a cat"});
  CHECK(landscape.regions.empty());
  CHECK_FALSE(landscape.contours.empty());
  few.image_points = at::zeros({2, 2});
  few.text_points = at::zeros({2, 2});
  CHECK(map_landscape(few, {"a dog", "a cat"}).contours.empty());
  CHECK_THROWS_AS(map_landscape(clouds.map, {"too few"}), c10::ValueError);
}

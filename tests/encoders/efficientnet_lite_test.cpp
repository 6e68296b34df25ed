#include "tandem/encoders/efficientnet_lite.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <string>

#include "encoders/picture_formula.h"
#include "tandem/base/errors.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

using Path = std::filesystem::path;

Path lite_references() { return tests::reference_dir() / "encoders"; }

std::unique_ptr<const ImageEncoder> open(const Path& folder) {
  const Path config = folder / "config.json";
  return read_efficientnet_lite(read_efficientnet_lite_config(read_json(config), config), folder / "model.safetensors");
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

void check_real_network(const Path& folder, const Path& reference, std::int64_t size) {
  const c10::InferenceMode inference;
  const SafetensorsFile expected = SafetensorsFile::open(reference);
  const auto encoder = open(folder);
  CHECK(encoder->width() == 1280);
  CHECK(encoder->leading_tokens() == 0);
  const at::Tensor states = encoder->patch_states(tests::formula_pixels(3, size, size));
  CHECK(std::to_string(states.size(1)) == expected.metadata().at("patches"));
  CHECK(largest_difference(states.mean(1), expected.tensor("mean", {3, 1280})) < 1e-4);
  CHECK(largest_difference(states[1][-1], expected.tensor("last", {1280})) < 1e-4);
}

std::string complaint_about_lite(const char* field, const Json& value) {
  Json config = read_json(lite_references() / "tiny_efficientnet" / "config.json");
  config[field] = value;
  try {
    read_efficientnet_lite_config(config, "config.json");
  } catch (const FileError& error) {
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a small network equals its PyTorch twin within 1e-5 at odd and even sizes") {
  const c10::InferenceMode inference;
  const auto encoder = open(lite_references() / "tiny_efficientnet");
  const SafetensorsFile expected = SafetensorsFile::open(lite_references() / "tiny_efficientnet_states.safetensors");
  const at::Tensor states = encoder->patch_states(tests::formula_pixels(2, 45, 38));
  REQUIRE(states.sizes() == at::IntArrayRef({2, 6 * 5, 16}));
  CHECK(largest_difference(states, expected.tensor("states")) < 1e-5);
}

TEST_CASE("EfficientNet-Lite0 equals its PyTorch twin within 1e-4" * doctest::test_suite("slow")) {
  const Path folder = tests::models_dir() / "efficientnet-lite0";
  TANDEM_SKIP_WITHOUT(folder);
  check_real_network(folder, lite_references() / "efficientnet_lite0_states.safetensors", 224);
}

TEST_CASE("EfficientNet-Lite2 equals its PyTorch twin within 1e-4" * doctest::test_suite("slow")) {
  const Path folder = tests::models_dir() / "efficientnet-lite2";
  TANDEM_SKIP_WITHOUT(folder);
  check_real_network(folder, lite_references() / "efficientnet_lite2_states.safetensors", 260);
}

TEST_CASE("a network's layers are its stem and its stages and its head" * doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  const auto encoder = open(lite_references() / "tiny_efficientnet");
  REQUIRE(encoder->layers() == 4);
  const at::Tensor pixels = tests::formula_pixels(3, 40, 32);
  const std::vector<at::Tensor> states = encoder->states(pixels, {0, 1, 2, 3, 4});
  const std::int64_t widths[] = {8, 8, 8, 12, 16}, patches[] = {20 * 16, 20 * 16, 10 * 8, 5 * 4, 5 * 4};
  for (std::int64_t layer = 0; layer <= 4; ++layer) {
    CHECK(encoder->width(layer) == widths[layer]);
    CHECK(states[layer].sizes() == at::IntArrayRef({3, patches[layer], widths[layer]}));
    CHECK(encoder->states(pixels, {layer})[0].equal(states[layer]));
  }
}

TEST_CASE("a picture's states do not depend on the batch it comes in" * doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  const auto encoder = open(lite_references() / "tiny_efficientnet");
  const at::Tensor pixels = tests::formula_pixels(5, 40, 40);
  const at::Tensor together = encoder->patch_states(pixels);
  for (std::int64_t i = 0; i < 5; ++i) {
    CHECK(largest_difference(encoder->patch_states(pixels.narrow(0, i, 1)), together.narrow(0, i, 1)) < 1e-5);
  }
}

TEST_CASE("a network that is not built is refused by name") {
  CHECK(complaint_about_lite("hidden_act", "swish") ==
        "config.json: expected \"hidden_act\" to be relu6, found \"swish\"");
  CHECK(complaint_about_lite("padding", "valid") == "config.json: expected \"padding\" to be same, found \"valid\"");
  CHECK(complaint_about_lite("blocks", Json::array()) == "config.json: expected a row in \"blocks\", found none");
  CHECK(complaint_about_lite("blocks", Json::array({3})) == "config.json: expected a field \"repeats\", found none");
  CHECK(complaint_about_lite("num_channels", 1) == "config.json: expected \"num_channels\" to be 3, found 1");
  CHECK(complaint_about_lite("stem_width", -8) == "config.json: expected \"stem_width\" from 1 to 65536, found -8");
}

TEST_CASE("states says what does not fit") {
  const auto encoder = open(lite_references() / "tiny_efficientnet");
  CHECK_THROWS_WITH_AS(encoder->patch_states(at::zeros({1, 1, 40, 40})),
                       doctest::Contains("pixels must be [*, 3, *, *], got [1, 1, 40, 40]"), c10::ValueError);
  CHECK_THROWS_WITH_AS(
      encoder->patch_states(at::zeros({1, 3, 40, 31})),
      doctest::Contains("pixels must be 32 x 32 or larger and one picture at least, got [1, 3, 40, 31]"),
      c10::ValueError);
}

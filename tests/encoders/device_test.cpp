// Encoders elsewhere than on the CPU: on the second device of second_device.h everywhere, and on a
// GPU where there is one.
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <c10/core/InferenceMode.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "encoders/picture_formula.h"
#include "second_device.h"
#include "tandem/encoders/image_prep.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

std::filesystem::path encoder_folder(const std::string& family) {
  return tests::reference_dir() / "encoders" / ("tiny_" + family);
}

void check_text_families_on(c10::Device device) {
  const c10::InferenceMode inference;
  for (const std::string family : {"bert", "roberta", "distilbert", "mpnet", "clip"}) {
    CAPTURE(family);
    const SafetensorsFile file =
        SafetensorsFile::open(tests::reference_dir() / "encoders" / ("tiny_" + family + "_states.safetensors"));
    const at::Tensor mask = file.tensor("mask").to(at::kBool);
    const at::Tensor hidden = file.tensor(family == "bert" ? "hidden_gelu" : "hidden");
    const TextTower tower = open_text_tower(encoder_folder(family), {Precision::kFloat32, device});
    const std::vector<at::Tensor> states = tower.encoder->hidden_states(file.tensor("ids").to(device), mask.to(device));
    REQUIRE(static_cast<std::int64_t>(states.size()) == hidden.size(0));
    for (std::size_t layer = 0; layer < states.size(); ++layer) {
      CHECK(states[layer].device() == device);
      CHECK(((states[layer].cpu() - hidden[static_cast<std::int64_t>(layer)]) * mask.unsqueeze(2))
                .abs()
                .max()
                .item<double>() < 1e-4);
    }
  }
}

void check_image_families_on(c10::Device device) {
  const c10::InferenceMode inference;
  for (const std::string family : {"vit", "deit", "dinov2", "dinov2_registers", "dinov2_swiglu", "clip_vision",
                                   "resnet_basic", "resnet_bottleneck", "efficientnet"}) {
    CAPTURE(family);
    const ImageTower tower = open_image_tower(encoder_folder(family), {Precision::kFloat32, device});
    const ImageTower here = open_image_tower(encoder_folder(family));
    const PreparedSize size = prepared_size(tower.prep);
    const at::Tensor pixels = tests::formula_pixels(3, size.height, size.width);
    std::vector<std::int64_t> all;
    for (std::int64_t layer = 0; layer <= tower.encoder->layers(); ++layer) all.push_back(layer);
    const std::vector<at::Tensor> found = tower.encoder->states(pixels.to(device), all);
    const std::vector<at::Tensor> expected = here.encoder->states(pixels, all);
    for (std::size_t layer = 0; layer < all.size(); ++layer) {
      CHECK(found[layer].device() == device);
      CHECK((found[layer].cpu() - expected[layer]).abs().max().item<double>() < 1e-4);
    }
  }
}

}  // namespace

TEST_CASE("every text family on another device equals transformers, every image family what it is on the CPU" *
          doctest::test_suite("slow")) {
  check_text_families_on(tests::second_device());
  check_image_families_on(tests::second_device());
}

TEST_CASE("every text family on a GPU equals transformers, every image family what it is on the CPU" *
          doctest::test_suite("gpu")) {
  if (!at::globalContext().hasCUDA()) {
    std::cout << "SKIPPED: no GPU here\n";
    return;
  }
  check_text_families_on(c10::Device(c10::kCUDA, 0));
  check_image_families_on(c10::Device(c10::kCUDA, 0));
}

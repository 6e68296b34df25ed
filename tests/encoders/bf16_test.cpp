// Encoders in bf16 against what transformers computed in fp32.
#include <ATen/TensorOperators.h>
#include <ATen/ops/cosine_similarity.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "encoders/picture_formula.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/encoders/pooling.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

constexpr double kCosine = 0.999;

std::filesystem::path encoders() { return tests::reference_dir() / "encoders"; }

double lowest_cosine(const at::Tensor& found, const at::Tensor& expected) {
  return at::cosine_similarity(found.flatten(1), expected.flatten(1), 1).min().item<double>();
}

constexpr Precision kRounded[] = {Precision::kBFloat16, Precision::kFloat16};

}  // namespace

TEST_CASE("every text family in bf16 and in fp16 stays within a cosine of 0.999 of transformers in fp32" *
          doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  for (const std::string family : {"bert", "roberta", "distilbert", "mpnet", "clip"}) {
    for (const Precision precision : kRounded) {
      CAPTURE(family);
      CAPTURE(precision_name(precision));
      const SafetensorsFile file = SafetensorsFile::open(encoders() / ("tiny_" + family + "_states.safetensors"));
      const at::Tensor mask = file.tensor("mask").to(at::kBool);
      const at::Tensor hidden = file.tensor(family == "bert" ? "hidden_gelu" : "hidden");
      const TextTower tower = open_text_tower(encoders() / ("tiny_" + family), precision);
      CHECK(tower.compute.precision == precision);
      CHECK(tower.fingerprint != open_text_tower(encoders() / ("tiny_" + family)).fingerprint);
      const std::vector<at::Tensor> states = tower.encoder->hidden_states(file.tensor("ids"), mask);
      double lowest = 1;
      for (std::size_t layer = 0; layer < states.size(); ++layer) {
        CHECK(states[layer].dtype().name() == "float");
        const at::Tensor kept = mask.unsqueeze(2);
        CHECK(at::isfinite(states[layer]).all().item<bool>());
        lowest = std::min(lowest, lowest_cosine(states[layer] * kept, hidden[static_cast<std::int64_t>(layer)] * kept));
      }
      MESSAGE(family << ", " << precision_name(precision) << ": lowest cosine of a caption " << lowest);
      CHECK(lowest > kCosine);
    }
  }
}

TEST_CASE("every image family in bf16 and in fp16 stays within a cosine of 0.999 of transformers in fp32" *
          doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  for (const std::string family : {"vit", "deit", "dinov2", "dinov2_registers", "dinov2_swiglu", "clip_vision",
                                   "resnet_basic", "resnet_bottleneck"}) {
    for (const Precision precision : kRounded) {
      CAPTURE(family);
      CAPTURE(precision_name(precision));
      const ImageTower tower = open_image_tower(encoders() / ("tiny_" + family), precision);
      const SafetensorsFile expected = SafetensorsFile::open(encoders() / ("tiny_" + family) / "states.safetensors");
      double lowest = 1;
      for (const auto& [key, entry] : expected.entries()) {
        long long height = 0, width = 0, layer = 0;
        REQUIRE(std::sscanf(key.c_str(), "%lldx%lld/%lld", &height, &width, &layer) == 3);
        const at::Tensor found = tower.encoder->states(tests::formula_pixels(2, height, width), {layer}).front();
        CHECK(found.dtype().name() == "float");
        lowest = std::min(lowest, lowest_cosine(found, expected.tensor(key)));
      }
      MESSAGE(family << ", " << precision_name(precision) << ": lowest cosine of a picture " << lowest);
      CHECK(lowest > kCosine);
    }
  }
}

TEST_CASE("the real EfficientNet-Lite0 in bf16 stays within a cosine of 0.999 of its PyTorch twin in fp32" *
          doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  TANDEM_SKIP_WITHOUT(tests::models_dir() / "efficientnet-lite0");
  const SafetensorsFile expected = SafetensorsFile::open(encoders() / "efficientnet_lite0_states.safetensors");
  const ImageTower tower = open_image_tower(tests::models_dir() / "efficientnet-lite0", Precision::kBFloat16);
  const double lowest =
      lowest_cosine(tower.encoder->patch_states(tests::formula_pixels(3, 224, 224)).mean(1), expected.tensor("mean"));
  MESSAGE("lowest cosine of a picture " << lowest);
  CHECK(lowest > kCosine);
}

TEST_CASE("the real MiniLM in bf16 stays within a cosine of 0.999 of transformers in fp32" *
          doctest::test_suite("slow")) {
  const c10::InferenceMode inference;
  TANDEM_SKIP_WITHOUT(tests::models_dir() / "all-MiniLM-L6-v2");
  const SafetensorsFile file = SafetensorsFile::open(encoders() / "minilm_states.safetensors");
  const TextTower tower = open_text_tower(tests::models_dir() / "all-MiniLM-L6-v2", Precision::kBFloat16);
  double lowest = 1;
  std::int64_t row = 0;
  for (const auto& sentence : Json::parse(file.metadata().at("sentences")).get<std::vector<std::string>>()) {
    const std::vector<std::int64_t> ids = tower.tokenizer->encode(sentence, 64);
    at::Tensor batch = at::zeros({1, static_cast<std::int64_t>(ids.size())}, at::kLong);
    for (std::size_t i = 0; i < ids.size(); ++i) batch[0][static_cast<std::int64_t>(i)] = ids[i];
    const at::Tensor mask = at::zeros(batch.sizes(), at::kBool).logical_not();
    const at::Tensor found = pool(tower.encoder->hidden_states(batch, mask).back(), mask, Pooling::kMean);
    lowest = std::min(lowest, lowest_cosine(found, file.tensor("mean")[6][row++].unsqueeze(0)));
  }
  MESSAGE("lowest cosine of a sentence " << lowest);
  CHECK(lowest > kCosine);
}

TEST_CASE("the real DeiT-tiny in bf16 stays within a cosine of 0.999 of transformers in fp32" *
          doctest::test_suite("data")) {
  const std::filesystem::path folder = tests::shared_dir() / "models" / "deit-tiny-patch16-224";
  TANDEM_SKIP_WITHOUT(folder);
  const c10::InferenceMode inference;
  const SafetensorsFile golden = SafetensorsFile::open(folder / "golden.safetensors");
  const at::Tensor found =
      open_image_tower(folder, Precision::kBFloat16).encoder->patch_states(golden.tensor("pixel_values"));
  const double lowest = lowest_cosine(found, golden.tensor("last_hidden_state"));
  MESSAGE("lowest cosine of a picture " << lowest);
  CHECK(lowest > kCosine);
}

#include "tandem/encoders/vit.h"

#include <ATen/ops/cosine_similarity.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "encoders/small_encoders.h"

using namespace tandem;
using tests::complaint_with;
using tests::Spoilt;

TEST_CASE("every layer of a small ViT equals transformers within 1e-4") {
  CHECK(tests::largest_difference_to_transformers("vit") < 1e-4);
}

TEST_CASE("a ViT without biases in bfloat16 with another activation and epsilon equals transformers within 1e-4") {
  CHECK(tests::largest_difference_to_transformers("vit_no_bias") < 1e-4);
}

// The expected states were computed from weights in float32, the folder has them in float16:
// transformers itself, from the folder, is as far away.
TEST_CASE("the real DeiT-tiny equals transformers to a cosine of 0.9999" * doctest::test_suite("data")) {
  const std::filesystem::path folder = tests::shared_dir() / "models" / "deit-tiny-patch16-224";
  TANDEM_SKIP_WITHOUT(folder);
  const c10::InferenceMode inference;
  const ImageTower tower = open_image_tower(folder);
  CHECK(tower.model_type == "vit");
  const SafetensorsFile golden = SafetensorsFile::open(folder / "golden.safetensors");
  const at::Tensor expected = golden.tensor("last_hidden_state");
  const at::Tensor found = tower.encoder->patch_states(golden.tensor("pixel_values"));
  REQUIRE(found.sizes() == expected.sizes());
  const double picture = at::cosine_similarity(found.flatten(1), expected.flatten(1), 1).min().item<double>();
  const double token = at::cosine_similarity(found, expected, 2).min().item<double>();
  MESSAGE("lowest cosine of a picture " << picture << ", of a token " << token);
  CHECK(picture > 0.9999);
  CHECK(token > 0.9998);
}

TEST_CASE("a ViT's answer for a picture does not depend on its batch") {
  const c10::InferenceMode inference;
  const ImageTower tower = open_image_tower(tests::small_encoder("vit"));
  CHECK(tower.encoder->leading_tokens() == 1);
  const at::Tensor pixels = tests::formula_pixels(3, 16, 16);
  const at::Tensor all = tower.encoder->patch_states(pixels);
  for (std::int64_t i = 0; i < 3; ++i) {
    CHECK((tower.encoder->patch_states(pixels.narrow(0, i, 1)) - all.narrow(0, i, 1)).abs().max().item<double>() <
          1e-5);
  }
}

TEST_CASE("a ViT refuses pictures of another size than its own") {
  const ImageTower tower = open_image_tower(tests::small_encoder("vit"));
  CHECK_THROWS_WITH_AS(tower.encoder->patch_states(at::zeros({1, 3, 16, 20})),
                       doctest::Contains("states: pixels must be 16 x 16 and one picture at least, got [1, 3, 16, 20]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(tower.encoder->patch_states(at::zeros({0, 3, 16, 16})),
                       doctest::Contains("one picture at least"), c10::ValueError);
  CHECK_THROWS_WITH_AS(tower.encoder->patch_states(at::zeros({1, 3, 16, 16}, at::kDouble)),
                       doctest::Contains("pixels must be float32, got Double"), c10::ValueError);
  const auto resized_to = [](const Json& size) {
    return Spoilt("vit").config([&](Json& prep) { prep["size"] = size; }, "preprocessor_config.json").complaint();
  };
  CHECK(resized_to({{"height", 16}, {"width", 20}}) ==
        "preprocessor_config.json: expected pictures of 16 x 16 pixels, as config.json has them, found 16 x 20");
  CHECK(resized_to({{"shortest_edge", 16}}) ==
        "preprocessor_config.json: expected a crop or an exact resize, so that all pictures are of one size, found "
        "neither");
}

TEST_CASE("a ViT's config that lies or asks for what is not built is refused by field") {
  CHECK(complaint_with("vit", "num_attention_heads", 5) ==
        "config.json: expected \"hidden_size\" to be a multiple of \"num_attention_heads\", found 24 and 5");
  CHECK(complaint_with("vit", "patch_size", 5) ==
        "config.json: expected \"image_size\" to be a multiple of \"patch_size\", found 16 and 5");
  CHECK(complaint_with("vit", "hidden_size", 0) == "config.json: expected \"hidden_size\" from 1 to 65536, found 0");
  CHECK(complaint_with("vit", "image_size", {16, 16}) ==
        "config.json: expected a field \"image_size\" of the right type, found an array");
  CHECK(complaint_with("vit", "num_channels", 1) == "config.json: expected \"num_channels\" to be 3, found 1");
  CHECK(complaint_with("vit", "hidden_act", "mish")
            .starts_with("config.json: expected \"hidden_act\" to be one of gelu, "));
  CHECK(complaint_with("vit", "layer_norm_eps", 0) ==
        "config.json: expected \"layer_norm_eps\" between 0 and 1, found 0.000000");
  CHECK(complaint_with("vit", "pruned_heads", {{"0", {1}}}) ==
        "config.json: expected \"pruned_heads\" to be empty, found {\"0\":[1]}");
  CHECK(
      complaint_with("vit", "num_hidden_layers", 3) ==
      "model.safetensors: expected a tensor \"vit.encoder.layer.2.layernorm_before.weight\", found none among its 40");
  CHECK(complaint_with("vit", "intermediate_size", 41) ==
        "model.safetensors: expected tensor \"vit.encoder.layer.0.intermediate.dense.weight\" of shape [41, 24], found "
        "[40, 24]");
}

TEST_CASE("a ViT's weights that are missing or wrong are refused by name and tensors of no use are left alone") {
  const char* key = "vit.encoder.layer.1.attention.attention.key.bias";
  CHECK(Spoilt("vit").tensor(key, [](const at::Tensor&) { return at::Tensor(); }).complaint() ==
        "model.safetensors: expected a tensor \"vit.encoder.layer.1.attention.attention.key.bias\", found none among "
        "its 39");
  CHECK(Spoilt("vit").tensor(key, [](const at::Tensor& t) { return t.to(at::kLong); }).complaint() ==
        "model.safetensors: expected tensor \"vit.encoder.layer.1.attention.attention.key.bias\" as float32, float16 "
        "or bfloat16, "
        "found Long");
  CHECK(Spoilt("vit").tensor(key, [](const at::Tensor& t) { return at::full(t.sizes(), NAN); }).complaint() ==
        "model.safetensors: expected finite numbers in tensor \"vit.encoder.layer.1.attention.attention.key.bias\", "
        "found NaN or "
        "infinity");
  CHECK(Spoilt("vit").tensor("classifier.bias", [](const at::Tensor&) { return at::zeros({7}); }).complaint() ==
        "nothing");
}

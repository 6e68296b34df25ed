#include "tandem/encoders/resnet.h"

#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "encoders/small_encoders.h"

using namespace tandem;
using tests::complaint_with;

TEST_CASE("every stage of a small ResNet of basic blocks equals transformers within 1e-4 at odd and even sizes") {
  CHECK(tests::largest_difference_to_transformers("resnet_basic") < 1e-4);
}

TEST_CASE("every stage of a small ResNet of bottlenecks equals transformers within 1e-4 at odd and even sizes") {
  CHECK(tests::largest_difference_to_transformers("resnet_bottleneck") < 1e-4);
}

TEST_CASE("a ResNet that downsamples early with another activation equals transformers within 1e-4") {
  CHECK(tests::largest_difference_to_transformers("resnet_early") < 1e-4);
}

TEST_CASE("a ResNet's layers are its stem and its stages with their own widths") {
  const ImageTower tower = open_image_tower(tests::small_encoder("resnet_bottleneck"));
  REQUIRE(tower.encoder->layers() == 3);
  CHECK(tower.encoder->width(0) == 6);
  CHECK(tower.encoder->width(1) == 16);
  CHECK(tower.encoder->width() == 24);
  CHECK(tower.encoder->leading_tokens() == 0);
}

TEST_CASE("a ResNet's answer for a picture does not depend on its batch") {
  const c10::InferenceMode inference;
  const ImageTower tower = open_image_tower(tests::small_encoder("resnet_basic"));
  const at::Tensor pixels = tests::formula_pixels(7, 32, 32);
  const at::Tensor all = tower.encoder->patch_states(pixels);
  for (std::int64_t i = 0; i < 7; ++i) {
    CHECK((tower.encoder->patch_states(pixels.narrow(0, i, 1)) - all.narrow(0, i, 1)).abs().max().item<double>() <
          1e-5);
  }
}

TEST_CASE("a ResNet's config that lies or asks for what is not built is refused by field") {
  CHECK(complaint_with("resnet_basic", "layer_type", "wide") ==
        "config.json: expected \"layer_type\" to be basic or bottleneck, found \"wide\"");
  CHECK(complaint_with("resnet_basic", "depths", {2}) ==
        "config.json: expected as many \"depths\" as \"hidden_sizes\", found 1 and 2");
  CHECK(complaint_with("resnet_basic", "depths", {2, 0}) == "config.json: expected \"depths\" from 1 to 1000, found 0");
  CHECK(complaint_with("resnet_bottleneck", "hidden_sizes", {16, 20, 3}) ==
        "config.json: expected \"hidden_sizes\" from 4 to 65536, found 3");
  CHECK(complaint_with("resnet_basic", "hidden_act", "mish")
            .starts_with("config.json: expected \"hidden_act\" to be one of gelu, "));
  CHECK(complaint_with("resnet_basic", "num_channels", 1) == "config.json: expected \"num_channels\" to be 3, found 1");
  CHECK(complaint_with("resnet_bottleneck", "layer_type", "basic") ==
        "model.safetensors: expected tensor \"encoder.stages.0.layers.0.layer.0.normalization.weight\" of shape [16], "
        "found [4]");
}

TEST_CASE("a ResNet's negative variance is refused by name") {
  const char* name = "resnet.encoder.stages.0.layers.1.layer.0.normalization.running_var";
  CHECK(tests::Spoilt("resnet_basic").tensor(name, [](const at::Tensor& t) { return -t; }).complaint() ==
        "model.safetensors: expected no negative numbers in tensor \"" + std::string(name) + "\", found some");
}

#include "tandem/encoders/dinov2.h"

#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "encoders/small_encoders.h"

using namespace tandem;
using tests::complaint_with;

TEST_CASE("every layer of a small DINOv2 equals transformers within 1e-4 at its own size and at others" *
          doctest::test_suite("slow")) {
  CHECK(tests::largest_difference_to_transformers("dinov2") < 1e-4);
}

TEST_CASE("a DINOv2 with SwiGLU equals transformers within 1e-4") {
  CHECK(tests::largest_difference_to_transformers("dinov2_swiglu") < 1e-4);
}

TEST_CASE("a DINOv2 with registers equals transformers within 1e-4 at its own size and at others" *
          doctest::test_suite("slow")) {
  CHECK(tests::largest_difference_to_transformers("dinov2_registers") < 1e-4);
  CHECK(open_image_tower(tests::small_encoder("dinov2_registers")).encoder->leading_tokens() == 4);
}

TEST_CASE("a DINOv2 refuses pictures smaller than a patch") {
  const ImageTower tower = open_image_tower(tests::small_encoder("dinov2"));
  CHECK_THROWS_WITH_AS(tower.encoder->patch_states(at::zeros({1, 3, 16, 3})),
                       doctest::Contains("pixels must be 4 x 4 or larger"), c10::ValueError);
}

TEST_CASE("a DINOv2's config that does not fit its weights is refused by name") {
  CHECK(complaint_with("dinov2", "mlp_ratio", 0) ==
        "config.json: expected \"mlp_ratio\" above 0 and at most 64, found 0.000000");
  CHECK(complaint_with("dinov2", "mlp_ratio", 0.01) ==
        "config.json: expected \"mlp_ratio\" that leaves a feature, found 0.010000");
  CHECK(complaint_with("dinov2", "use_swiglu_ffn", true) ==
        "model.safetensors: expected a tensor \"encoder.layer.0.mlp.weights_in.weight\", found none among its 43");
  CHECK(
      complaint_with("dinov2", "image_size", 20) ==
      "model.safetensors: expected tensor \"embeddings.position_embeddings\" of shape [1, 26, 24], found [1, 17, 24]");
  CHECK(complaint_with("dinov2_registers", "num_register_tokens", 2) ==
        "model.safetensors: expected tensor \"embeddings.register_tokens\" of shape [1, 2, 24], found [1, 3, 24]");
  CHECK(complaint_with("dinov2_registers", "num_register_tokens", -1) ==
        "config.json: expected \"num_register_tokens\" from 0 to 1024, found -1");
}

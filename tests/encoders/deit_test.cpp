#include "tandem/encoders/deit.h"

#include "encoders/small_encoders.h"
#include "tandem/encoders/pooling.h"

using namespace tandem;

TEST_CASE("every layer of a small DeiT in float16 equals transformers within 1e-4") {
  CHECK(tests::largest_difference_to_transformers("deit") < 1e-4);
}

TEST_CASE("the mean over a DeiT's picture leaves out the class and the distillation token") {
  const c10::InferenceMode inference;
  const ImageTower tower = open_image_tower(tests::small_encoder("deit"));
  REQUIRE(tower.encoder->leading_tokens() == 2);
  const at::Tensor states = tower.encoder->patch_states(tests::formula_pixels(2, 16, 16));
  REQUIRE(states.size(1) == 2 + 16);
  CHECK((pool_patches(states, 2, Pooling::kMean) - states.narrow(1, 2, 16).mean(1)).abs().max().item<double>() < 1e-6);
}

TEST_CASE("a DeiT without its distillation token is refused and told its name") {
  const auto nothing = [](const at::Tensor&) { return at::Tensor(); };
  CHECK(tests::Spoilt("deit").tensor("deit.embeddings.distillation_token", nothing).complaint() ==
        "model.safetensors: expected a tensor \"deit.embeddings.distillation_token\", found none among its 42");
}

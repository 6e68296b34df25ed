#include "tandem/encoders/clip_vision.h"

#include "encoders/small_encoders.h"

using namespace tandem;

// In states.safetensors the last layer's class token is transformers' pooler_output.
TEST_CASE("every layer of a small CLIP vision tower equals transformers within 1e-4") {
  CHECK(tests::largest_difference_to_transformers("clip_vision") < 1e-4);
}

TEST_CASE("the vision half of a whole CLIP equals transformers within 1e-4 where its config leaves defaults out") {
  CHECK(tests::largest_difference_to_transformers("clip_both_halves") < 1e-4);
}

TEST_CASE("a CLIP's nested config is refused by field and its weights by name") {
  const auto with = [](const char* field, const Json& value) {
    return tests::Spoilt("clip_both_halves")
        .config([&](Json& config) { config["vision_config"][field] = value; })
        .complaint();
  };
  CHECK(with("num_attention_heads", 7) ==
        "config.json: expected \"hidden_size\" to be a multiple of \"num_attention_heads\", found 24 and 7");
  CHECK(with("image_size", 20) ==
        "model.safetensors: expected tensor \"vision_model.embeddings.position_embedding.weight\" of shape [26, 24], "
        "found "
        "[17, 24]");
  CHECK(tests::complaint_with("clip_both_halves", "vision_config", 3) ==
        "config.json: expected a field \"image_size\", found none");
}

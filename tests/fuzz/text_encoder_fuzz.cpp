#include <c10/core/InferenceMode.h>

#include "fuzz/encoder_folders.h"
#include "tandem/encoders/encoder_folder_info.h"
#include "tandem/features/token_batch.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(text_encoder) {
  static fuzz::EncoderFolders folders{"bert", "distilbert", "mpnet", "roberta", "clip"};
  const auto folder = folders.with_config(fuzz::text_of(data, size));
  const c10::InferenceMode inference;
  describe_folder(folder);
  return fuzz::answer([&] {
    const TextTower tower = open_text_tower(folder);
    if (tower.encoder->max_tokens() < 4) return;
    const TokenBatch batch = pad_tokens(tower, tokenize(tower, {"a dog", ""}), {0, 1});
    tower.encoder->hidden_states(batch.ids, batch.mask);
  });
}

TANDEM_LARGE_SEEDS(text_encoder) {
  return {fuzz::nested_lists(1'000'000), R"({"model_type":"bert","x":)" + fuzz::nested_objects(500'000) + "}",
          R"({"model_type":)" + fuzz::nested_objects(500'000) + "}",
          R"({"model_type":"clip","text_config":)" + fuzz::nested_objects(500'000) + "}"};
}

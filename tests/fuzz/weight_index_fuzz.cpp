#include "fuzz/fuzz.h"
#include "tandem/fetching/hub/hub_files.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/inner_name.h"

using namespace tandem;

/// model.safetensors.index.json, as it is read from a folder and as the hub sends it.
TANDEM_FUZZ_TARGET(weight_index) {
  static fuzz::Folder folder;
  const auto file = folder.write("model.safetensors.index.json", fuzz::text_of(data, size));
  fuzz::answer([&] { weight_files(file); });
  fuzz::answer([&] { ModelWeights(file, "bert.", "a"); });
  return fuzz::answer([&] {
    for (const std::string& shard : shards_of_index(file)) {
      if (!stays_in_folder(shard)) std::abort();
    }
  });
}

TANDEM_LARGE_SEEDS(weight_index) {
  return {R"({"weight_map":)" + fuzz::nested_objects(500'000) + "}",
          R"({"weight_map":{)" + fuzz::counted("\"t", "\":\"a.safetensors\",", 300'000) + R"("z":"a.safetensors"}})",
          R"({"weight_map":{)" + fuzz::counted("\"t\":\"", ".safetensors\",", 300'000) + R"("z":"a.safetensors"}})"};
}

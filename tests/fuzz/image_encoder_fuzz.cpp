#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "fuzz/encoder_folders.h"
#include "tandem/encoders/encoder_folder_info.h"
#include "tandem/encoders/model_folder.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(image_encoder) {
  static fuzz::EncoderFolders folders{
      "vit", "deit", "dinov2", "dinov2_registers", "clip_vision", "clip_both_halves", "efficientnet", "resnet_basic"};
  const auto folder = folders.with_config(fuzz::text_of(data, size));
  const c10::InferenceMode inference;
  describe_folder(folder);
  return fuzz::answer([&] {
    const ImageTower tower = open_image_tower(folder);
    const PreparedSize prepared = prepared_size(tower.prep);
    tower.encoder->patch_states(at::zeros({1, 3, prepared.height, prepared.width}));
  });
}

TANDEM_LARGE_SEEDS(image_encoder) {
  return {R"({"model_type":"efficientnet_lite","blocks":)" + fuzz::nested_lists(500'000) + "}",
          R"({"model_type":"resnet","depths":[)" + fuzz::repeated("1,", 500'000) + "1]}",
          R"({"model_type":"resnet","hidden_sizes":)" + fuzz::nested_objects(500'000) + "}",
          R"({"model_type":"clip","vision_config":)" + fuzz::nested_objects(500'000) + "}"};
}

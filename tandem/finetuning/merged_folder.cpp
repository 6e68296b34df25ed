#include "tandem/finetuning/merged_folder.h"

#include <c10/util/Exception.h>

#include <map>
#include <set>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kWeightIndex = "model.safetensors.index.json";

/// transformers opens nothing without it.
const std::map<std::string, std::string> kMetadata = {{"format", "pt"}};

/// Every tensor of the source in float32, those of `changed` in place of its own.
NamedTensors merged_tensors(const Path& source, const std::vector<std::string>& files, const NamedTensors& changed) {
  std::map<std::string, at::Tensor> replaced(changed.begin(), changed.end());
  NamedTensors all;
  for (const std::string& name : files) {
    if (!name.ends_with(".safetensors")) continue;
    const SafetensorsFile file = SafetensorsFile::open(source / name);
    for (const auto& [tensor_name, entry] : file.entries()) {
      const auto found = replaced.find(tensor_name);
      if (found == replaced.end()) {
        const at::Tensor stored = file.tensor(tensor_name);
        all.emplace_back(tensor_name, stored.is_floating_point() ? stored.to(at::kFloat) : stored);
        continue;
      }
      if (found->second.sizes() != at::IntArrayRef(entry.shape)) {
        throw FileError(source / name, "tensor \"" + tensor_name + "\" of shape " + shape_text(found->second),
                        shape_text(file.tensor(tensor_name)));
      }
      all.emplace_back(tensor_name, found->second);
      replaced.erase(found);
    }
  }
  if (!replaced.empty()) throw FileError(source, "a tensor \"" + replaced.begin()->first + "\"", "none of that name");
  return all;
}

}  // namespace

void write_merged_encoder(const Path& source, const std::vector<std::string>& files, const NamedTensors& changed,
                          const Path& folder) {
  std::error_code ignored;
  TORCH_CHECK_VALUE(!std::filesystem::equivalent(source, folder, ignored),
                    "write_merged_encoder: folder must not be source");
  const NamedTensors tensors = merged_tensors(source, files, changed);
  std::filesystem::remove_all(folder);
  make_folder(folder);
  for (const std::string& name : files) {
    if (name == kWeightIndex || name.ends_with(".safetensors")) continue;
    make_folder((folder / name).parent_path());
    if (name != "config.json") {
      write_file(folder / name, read_file(source / name));
      continue;
    }
    Json config = read_json(source / name);
    for (const char* field : {"dtype", "torch_dtype"}) {
      if (config.contains(field)) config[field] = "float32";
    }
    write_json(folder / name, config);
  }
  write_safetensors(folder / kWeights, tensors, kMetadata);
}

void write_adapter(const TunedLayers& layers, const Path& folder) {
  const TuningOptions& options = layers.options();
  TORCH_CHECK_VALUE(options.rank > 0, "write_adapter: layers trained by LoRA were needed, got layers trained whole");
  NamedTensors tensors;
  std::set<std::string> targets;
  for (const auto& [name, tensor] : layers.trained()) {
    const std::string stored = layers.stored_name(name);
    tensors.emplace_back("base_model.model." + stored, tensor.detach());
    targets.insert(stored.substr(0, stored.find(".lora_")));
  }
  make_folder(folder);
  write_safetensors(folder / "adapter_model.safetensors", tensors, kMetadata);
  const double alpha = options.alpha == 0 ? static_cast<double>(options.rank) : options.alpha;
  write_json(folder / "adapter_config.json", {{"peft_type", "LORA"},
                                              {"r", options.rank},
                                              {"lora_alpha", alpha},
                                              {"lora_dropout", 0.0},
                                              {"bias", "none"},
                                              {"fan_in_fan_out", false},
                                              {"inference_mode", true},
                                              {"target_modules", targets}});
}

}  // namespace tandem

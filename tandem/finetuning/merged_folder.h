// Trained layers as folders that other programs open: a whole encoder, and an adapter.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tandem/finetuning/tuned_layers.h"

namespace tandem {

/// Writes an encoder's folder with some of its tensors replaced: model.safetensors, all of it in
/// float32, and its other files as they are. `folder` is replaced if it is there, and must not be
/// `source`.
///
///   files    of the tower, relative to `source`
///   changed  under the names of the source's weights
///
/// Throws FileError if a file is missing or cannot be written, or a changed tensor is none of the
/// source's or of another shape.
void write_merged_encoder(const std::filesystem::path& source, const std::vector<std::string>& files,
                          const std::vector<std::pair<std::string, at::Tensor>>& changed,
                          const std::filesystem::path& folder);

/// Writes LoRA's matrices as Hugging Face's PEFT names them: adapter_model.safetensors,
/// adapter_config.json.
/// Throws c10::ValueError if the layers were not trained by LoRA.
void write_adapter(const TunedLayers& layers, const std::filesystem::path& folder);

}  // namespace tandem

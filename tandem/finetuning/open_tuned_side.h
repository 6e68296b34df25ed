// A side of a run, ready to be fine-tuned: which encoders can be, which of their views move, what
// their frozen layers answer.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/finetuning/tuned_side.h"

namespace tandem {

struct OpenSideOptions {
  TuningOptions tuning;
  ChunkLimits chunks;
  std::int64_t entry_memory_bytes = std::int64_t{1}
                                    << 30;  ///< above it, what frozen layers answer goes to a file or is computed anew
  std::filesystem::path scratch = {};       ///< folder for that file
  int threads = 0;                          ///< of the frozen layers; 0: one a core
  Progress progress = {};                   ///< items that have been through the frozen layers
};

/// Encoders without transformer layers stay frozen, and so do views of layers that are not trained.
/// The sources outlive the side.
///
///   features  [N, F]  of the captions (or pictures), as the sources' encoders gave them
///
/// Throws FileError if no encoder of the side has transformer layers, or one has fewer than shall
/// be trained.
TunedSide open_tuned_texts(const std::vector<TextSource>& sources, const std::vector<std::string>& captions,
                           const at::Tensor& features, const OpenSideOptions& options, at::Generator& chance);
TunedSide open_tuned_pictures(const std::vector<ImageSource>& sources, const std::vector<PictureSource>& pictures,
                              const at::Tensor& features, const OpenSideOptions& options, at::Generator& chance);

}  // namespace tandem

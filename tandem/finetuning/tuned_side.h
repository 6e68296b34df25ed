// The features of one side, some of whose encoders are being trained: the columns of frozen
// encoders and of frozen layers come from the feature store, the others from the trained layers.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/finetuning/entry_states.h"
#include "tandem/finetuning/tuned_layers.h"

namespace tandem {

/// A view of a trained layer, and where it lies among the side's features.
struct TunedView {
  std::int64_t column = 0;
  std::int64_t layer = 0;  ///< counted from 0, as layer_index() does
  Pooling pooling = Pooling::kMean;
};

/// An encoder with layers in training.
struct TunedEncoder {
  std::size_t number = 0;  ///< among its side's encoders
  TunedLayers layers;
  EntryStates entry;
  std::vector<TunedView> views;  ///< at least one
  bool pictures = false;
  std::int64_t leading_tokens = 0;  ///< of pictures: tokens before the patches
};

/// What part of a batch goes through the trained layers together.
struct ChunkLimits {
  std::int64_t items = 0;                             ///< captions or pictures; 0: as many as `memory_bytes` allows
  std::int64_t memory_bytes = std::int64_t{1} << 30;  ///< for activations, by estimate
  bool checkpointing = false;                         ///< keep no activation of a layer; compute every layer twice
};

class TunedSide {
 public:
  ///   features  [N, F]  of all items as the frozen encoders gave them, on any device
  /// Throws c10::ValueError if the encoders are on several devices.
  TunedSide(at::Tensor features, std::vector<TunedEncoder> encoders, const ChunkLimits& limits);

  const std::vector<TunedEncoder>& encoders() const { return encoders_; }
  std::vector<TunedEncoder>& encoders() { return encoders_; }

  /// Where its encoders are; without any, where the features are.
  c10::Device device() const { return encoders_.empty() ? features_.device() : encoders_.front().layers.device(); }

  /// Everything that is trained on this side.
  std::vector<at::Tensor> parameters() const;

  /// [B, F] on device(), without gradients, chunk by chunk.
  at::Tensor features(const std::vector<std::int64_t>& items) const;

  /// Adds to the gradients of parameters() what follows from `gradient`, that of the loss in
  /// features(items): the chunks run again, now with gradients (GradCache: Gao et al. 2021,
  /// arXiv:2101.06983, section 3).
  ///
  ///   gradient  [B, F]
  void backward(const std::vector<std::int64_t>& items, const at::Tensor& gradient) const;

  /// The same without chunks and cache, [B, F] with a graph: the slow twin.
  at::Tensor differentiable_features(const std::vector<std::int64_t>& items) const;

 private:
  using Chunks = std::vector<std::vector<std::int64_t>>;

  /// Different items that lie next to each other in length.
  Chunks chunks_of(const TunedEncoder& encoder, std::vector<std::int64_t> items) const;
  std::int64_t token_bytes(const TunedEncoder& encoder, std::int64_t length) const;

  at::Tensor features_;
  std::vector<TunedEncoder> encoders_;
  ChunkLimits limits_;
};

}  // namespace tandem

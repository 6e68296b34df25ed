// Keeps only the layers that a caller asked for while a network runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

class LayerTap {
 public:
  /// Layers are numbered from 0 (the input of the first layer) to `layers` (the last one's output).
  /// Throws c10::ValueError if `wanted` is empty or has another number.
  LayerTap(const std::vector<std::int64_t>& wanted, std::int64_t layers);

  bool wants(std::int64_t layer) const;

  /// The layer after which the network may stop.
  std::int64_t deepest() const { return static_cast<std::int64_t>(parts_.size()) - 1; }

  /// Stores [b, T, D] of a wanted layer, in float32. The parts of a batch may come one after the
  /// other.
  void keep(std::int64_t layer, const at::Tensor& states);

  /// One tensor per wanted layer, in the order in which they were asked for.
  std::vector<at::Tensor> kept() const;

 private:
  std::vector<std::int64_t> wanted_;
  std::vector<std::vector<at::Tensor>> parts_;  // of every layer up to the deepest
};

/// The map of a convolutional network as a layer's states: [B, C, H, W], channels last in memory,
/// -> [B, H * W, C], a view.
at::Tensor map_states(const at::Tensor& map);

}  // namespace tandem

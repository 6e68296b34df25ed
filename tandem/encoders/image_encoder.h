// The interface of an image tower: one vector per patch, from any of its layers. Pooling
// (pooling.h) makes one vector of them. Frozen encoders run under c10::InferenceMode, which
// features/encode sets.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tandem/encoders/layer_tap.h"

namespace tandem {

/// A frozen image encoder. All methods are const and may be called from several threads at once.
class ImageEncoder {
 public:
  virtual ~ImageEncoder() = default;

  /// The states of the wanted layers. Layers after the deepest wanted one are not computed.
  ///
  ///   pixels  [B, 3, H, W]  float32, B at least 1, prepared by the tower's ImagePrep
  ///   wanted  layers from 0 (the embeddings, or a stem) to layers(), in any order
  ///
  /// Returns a tensor [B, T, width(layer)], float32, for each of `wanted`: leading_tokens() first,
  /// then the patches row by row. A family's final norm is part of layer layers() and of no other.
  /// Throws c10::ValueError if a shape, type or layer is not accepted by the encoder.
  std::vector<at::Tensor> states(const at::Tensor& pixels, const std::vector<std::int64_t>& wanted) const;

  /// The states of the last layer.
  at::Tensor patch_states(const at::Tensor& pixels) const;

  virtual std::int64_t layers() const = 0;

  /// The number of features per token of the layer.
  virtual std::int64_t width(std::int64_t layer) const = 0;
  std::int64_t width() const { return width(layers()); }

  /// The number of tokens before the patches: the class token first, then distillation or register
  /// tokens. 0 if there are none.
  virtual std::int64_t leading_tokens() const = 0;

  /// Whether the encoder accepts pictures of that size, in pixels.
  virtual bool takes_size(std::int64_t height, std::int64_t width) const = 0;

  /// The accepted sizes in words: "224 x 224", "32 x 32 or larger".
  virtual std::string sizes_taken() const = 0;

 protected:
  /// Gives the tap every layer that it wants. `pixels` have been checked.
  virtual void run(const at::Tensor& pixels, LayerTap& tap) const = 0;

  /// The number of pictures that go through the network together on a CPU; a larger batch is split.
  virtual std::int64_t pictures_at_once() const { return std::numeric_limits<std::int64_t>::max(); }
};

}  // namespace tandem

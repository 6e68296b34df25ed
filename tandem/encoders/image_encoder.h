// What an image tower must answer: one vector a patch, of any of its layers. Pooling (pooling.h)
// makes one vector of them; frozen encoders run under c10::InferenceMode, which features/encode
// sets.
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

  /// The layers asked for; nothing behind the deepest of them is computed.
  ///
  ///   pixels  [B, 3, H, W]  float32, B at least 1, as the tower's ImagePrep makes them
  ///   wanted  layers from 0 (the embeddings, or a stem) to layers(), in any order
  ///
  /// Returns a tensor [B, T, width(layer)], float32, for each of `wanted`: leading_tokens() first,
  /// then the patches row by row. What the family applies behind its last layer (a final norm) is
  /// part of layer layers() and of no other.
  /// Throws c10::ValueError if a shape, type or layer is not one the encoder takes.
  std::vector<at::Tensor> states(const at::Tensor& pixels, const std::vector<std::int64_t>& wanted) const;

  /// The last layer alone.
  at::Tensor patch_states(const at::Tensor& pixels) const;

  virtual std::int64_t layers() const = 0;

  /// Features a token of the layer has.
  virtual std::int64_t width(std::int64_t layer) const = 0;
  std::int64_t width() const { return width(layers()); }

  /// Tokens that stand before the patches and are none: a class token first, then distillation or
  /// register tokens. 0 if there are none.
  virtual std::int64_t leading_tokens() const = 0;

  virtual bool takes_size(std::int64_t height, std::int64_t width) const = 0;

  /// The same in words: "224 x 224", "32 x 32 or larger".
  virtual std::string sizes_taken() const = 0;

 protected:
  /// Gives the tap every layer it wants. `pixels` are checked.
  virtual void run(const at::Tensor& pixels, LayerTap& tap) const = 0;

  /// Pictures that go through the network together on a CPU; a larger batch is cut up.
  virtual std::int64_t pictures_at_once() const { return std::numeric_limits<std::int64_t>::max(); }
};

}  // namespace tandem

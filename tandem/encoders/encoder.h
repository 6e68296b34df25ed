// The interface of a text tower: one vector per token. Pooling (pooling.h) makes one vector of
// them. Frozen encoders run under c10::InferenceMode, which features/encode sets. Image towers:
// image_encoder.h.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

/// A frozen text encoder. All methods are const and may be called from several threads at once.
class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  /// Every layer's output, after the embeddings as the first.
  ///
  ///   ids   [B, T]  int64, token ids below the vocabulary's size
  ///   mask  [B, T]  bool, true for a token, false for padding
  ///
  /// Returns layers() + 1 tensors [B, T, width()], float32; the values at padding are undefined.
  /// Throws c10::ValueError if the shapes differ or T exceeds max_tokens().
  virtual std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask) const = 0;

  virtual std::int64_t layers() const = 0;
  virtual std::int64_t width() const = 0;
  virtual std::int64_t max_tokens() const = 0;

  /// The position, in a text's ids, of the token that gathers the text and that Pooling::kLast
  /// takes. It is the last token unless the family overrides this. `ids` are those of one text,
  /// special tokens included.
  virtual std::int64_t end_place(const std::vector<std::int64_t>& ids) const {
    return static_cast<std::int64_t>(ids.size()) - 1;
  }
};

}  // namespace tandem

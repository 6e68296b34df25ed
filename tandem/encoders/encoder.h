// What a text tower must answer: one vector a token. Pooling (pooling.h) makes one vector of them;
// frozen encoders run under c10::InferenceMode, which features/encode sets. Image towers:
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

  /// Every layer's output, the embeddings first.
  ///
  ///   ids   [B, T]  int64, token ids below the vocabulary's size
  ///   mask  [B, T]  bool, true where a token is; false over padding
  ///
  /// Returns layers() + 1 tensors [B, T, width()], float32; what stands at padding is undefined.
  /// Throws c10::ValueError if the shapes differ or T exceeds max_tokens().
  virtual std::vector<at::Tensor> hidden_states(const at::Tensor& ids, const at::Tensor& mask) const = 0;

  virtual std::int64_t layers() const = 0;
  virtual std::int64_t width() const = 0;
  virtual std::int64_t max_tokens() const = 0;

  /// The place in a text's ids of the token that gathers the text, which Pooling::kLast takes: the
  /// last one unless the family says otherwise. `ids` are of one text, special tokens included.
  virtual std::int64_t end_place(const std::vector<std::int64_t>& ids) const {
    return static_cast<std::int64_t>(ids.size()) - 1;
  }
};

}  // namespace tandem

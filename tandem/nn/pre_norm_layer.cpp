#include "tandem/nn/pre_norm_layer.h"

namespace tandem {

at::Tensor PreNormLayer::operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  const at::Tensor attended = attention.plus(attention_norm(x), bias, x);
  return feed_forward.plus(feed_forward_norm(attended), attended);
}

}  // namespace tandem

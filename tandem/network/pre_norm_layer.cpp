#include "tandem/network/pre_norm_layer.h"

#include <ATen/TensorOperators.h>

namespace tandem {

at::Tensor PreNormLayer::operator()(const at::Tensor& x, const std::optional<at::Tensor>& bias) const {
  const at::Tensor attended = x + attention(attention_norm(x), bias);
  return attended + feed_forward(feed_forward_norm(attended));
}

}  // namespace tandem

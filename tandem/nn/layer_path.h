// Which of two twins computes a layer.
#pragma once

namespace tandem {

enum class LayerPath {
  kFastest,  ///< weights laid out for oneDNN once (onednn.h) where that is there, else kPlain
  kPlain,    ///< LibTorch's public operators
};

}  // namespace tandem

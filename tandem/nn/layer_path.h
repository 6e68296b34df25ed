// Selects which of two implementations computes a layer.
#pragma once

namespace tandem {

enum class LayerPath {
  kFastest,  ///< weights laid out for oneDNN once (onednn.h), if it is available; otherwise kPlain
  kPlain,    ///< LibTorch's public operators
};

}  // namespace tandem

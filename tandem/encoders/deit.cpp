#include "tandem/encoders/deit.h"

#include "tandem/encoders/vit.h"

namespace tandem {

std::unique_ptr<const ImageEncoder> read_deit(const Json& config, const std::filesystem::path& config_path,
                                              const WeightSource& weights) {
  constexpr const char* kClassToken = "embeddings.cls_token";
  return read_vit_like(config, config_path, ModelWeights(weights, "deit.", kClassToken),
                       {kClassToken, "embeddings.distillation_token"});
}

}  // namespace tandem

#include "tandem/model/embedded_split.h"

#include <c10/util/Exception.h>

#include "tandem/model/model.h"

namespace tandem {

PairedFeatures split_pairs(const FeatureStore& store, const std::string& split) {
  if (split == "all") return select_all(store);
  const std::optional<Split> named = split_named(split);
  TORCH_CHECK_VALUE(named.has_value(), "--split must be ", kSplitHelp, ", got \"", split, "\"");
  return select_split(store, *named);
}

SplitFeatures open_split(const std::filesystem::path& run, const std::filesystem::path& features,
                         const std::string& split) {
  return Model::open(run).split(features, split);
}

EmbeddedSplit embed_split(const std::filesystem::path& run, const std::filesystem::path& features,
                          const std::string& split) {
  return Model::open(run).embed(features, split);
}

}  // namespace tandem

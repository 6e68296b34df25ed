#include "tandem/model/embedded_split.h"

#include "tandem/data/split_choice.h"

namespace tandem {

PairedFeatures split_pairs(const FeatureStore& store, const std::string& split) {
  const std::optional<Split> chosen = split_choice(split);
  return chosen ? select_split(store, *chosen) : select_all(store);
}

}  // namespace tandem

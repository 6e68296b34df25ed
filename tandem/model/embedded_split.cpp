#include "tandem/model/embedded_split.h"

#include <c10/util/Exception.h>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

PairedFeatures select(const FeatureStore& store, const std::string& split) {
  if (split == "all") return select_all(store);
  const std::optional<Split> named = split_named(split);
  TORCH_CHECK_VALUE(named.has_value(), "--split must be ", kSplitHelp, ", got \"", split, "\"");
  return select_split(store, *named);
}

FeatureStore open_features(const Run& run, const std::filesystem::path& run_folder,
                           const std::filesystem::path& features) {
  if (!features.empty()) return FeatureStore::open(features);
  if (!std::filesystem::exists(run.features_folder)) {
    throw FileError(
        run_folder,
        "the features it was trained on in " + run.features_folder.string() + " (--features names another place)",
        "none");
  }
  return FeatureStore::open(run.features_folder);
}

}  // namespace

SplitFeatures open_split(const std::filesystem::path& run_folder, const std::filesystem::path& features,
                         const std::string& split) {
  Run run = open_run(run_folder);
  FeatureStore store = open_features(run, run_folder, features);
  check_same_encoders(run, store.manifest(), store.folder());
  PairedFeatures pairs = select(store, split);
  return {.run = std::move(run), .store = std::move(store), .pairs = std::move(pairs)};
}

EmbeddedSplit embed_split(const std::filesystem::path& run_folder, const std::filesystem::path& features,
                          const std::string& split) {
  SplitFeatures opened = open_split(run_folder, features, split);
  at::Tensor image = embed_all(opened.run.image_heads, opened.pairs.image);
  at::Tensor text = embed_all(opened.run.text_heads, opened.pairs.text);
  return {.run = std::move(opened.run),
          .store = std::move(opened.store),
          .pairs = std::move(opened.pairs),
          .image = std::move(image),
          .text = std::move(text)};
}

}  // namespace tandem

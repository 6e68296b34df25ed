// A model trained on toy pairs in a folder, with the features that it was trained on.
#pragma once

#include <functional>

#include "tandem/features/shard_file.h"
#include "tandem/model/model.h"
#include "tandem/model/run_of_training.h"
#include "test_data.h"
#include "training/toy_pairs.h"

namespace tandem::tests {

inline EncoderRecord toy_encoder(const std::string& model_type, const std::string& fingerprint, std::int64_t width) {
  return {.folder = "/m",
          .model_type = model_type,
          .fingerprint = fingerprint,
          .files = {},
          .views = "mean",
          .width = width};
}

/// Toy pairs as a feature store: picture i is called "p<i>" and has the class "even" or "odd".
inline void write_toy_features(const std::filesystem::path& folder, const PairedFeatures& pairs,
                               const std::function<Split(std::int64_t)>& split_of) {
  FeatureManifest manifest;
  manifest.data_name = "toy";
  manifest.plan = "plan";
  manifest.image_encoders = {toy_encoder("vit", "aa", pairs.image.size(1))};
  manifest.text_encoders = {toy_encoder("bert", "bb", pairs.text.size(1))};
  for (std::int64_t i = 0; i < pairs.image.size(0); ++i) {
    manifest.image_ids.push_back("p" + std::to_string(i));
    manifest.pictures.emplace_back();
    manifest.image_labels.emplace_back(i % 2 == 0 ? "even" : "odd");
    manifest.image_splits.push_back(split_of(i));
  }
  for (std::int64_t j = 0; j < pairs.text.size(0); ++j) {
    manifest.captions.push_back("caption " + std::to_string(j));
    manifest.image_of_caption.push_back(pairs.image_of_text[j].item<std::int64_t>());
  }
  std::filesystem::create_directories(folder);
  manifest.image_shards = {
      write_shard(folder, shard_name(ShardSide::kImage, 0), "plan", {.features = pairs.image, .unreadable = {}})};
  manifest.text_shards = {
      write_shard(folder, shard_name(ShardSide::kText, 0), "plan", {.features = pairs.text, .unreadable = {}})};
  write_manifest(folder, manifest);
}

/// FOLDER/features and FOLDER/run: `images` toy pictures and a model trained on those of the split
/// train, without dev.
inline Model toy_model(const ScratchFolder& folder, std::int64_t images,
                       const std::function<Split(std::int64_t)>& split_of) {
  write_toy_features(folder / "features", toy_pairs(images, 5), split_of);
  const FeatureStore store = FeatureStore::open(folder / "features");
  const TrainOptions options = toy_options();
  const TrainedHeads trained = train_heads(select_split(store, Split::kTrain), options, {});
  std::filesystem::create_directories(folder / "run");
  write_run(folder / "run", run_of(trained, options, {}, store.manifest(), folder / "features",
                                   store.manifest().image_encoders, store.manifest().text_encoders));
  return Model::open(folder / "run");
}

}  // namespace tandem::tests

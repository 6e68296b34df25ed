#include "tandem/fit/fit_source.h"

#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/features/feature_store.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("a source means the same in any folder, whatever kind is in front") {
  const std::string here = std::filesystem::current_path().string();
  CHECK(absolute_source("flickr8k:data/f") == "flickr8k:" + here + "/data/f");
  CHECK(absolute_source("data/f/../g") == here + "/data/g");
  CHECK(absolute_source("webdataset:s/{000..}.tar") == "webdataset:" + here + "/s/{000..}.tar");
  CHECK(absolute_source("csv:/a/b.csv") == "csv:/a/b.csv");
  CHECK(absolute_source("openclipart:") == "openclipart:");
  CHECK(absolute_source("") == "");
  const ScratchFolder folder;
  write_file(folder / "a.json", "{}");
  make_folder(folder / "images");
  const std::string list = "coco:" + (folder / "x/../a.json").string() + "," + (folder / "images").string();
  make_folder(folder / "x");
  CHECK(absolute_source(list) == "coco:" + (folder / "a.json").string() + "," + (folder / "images").string());
}

TEST_CASE("a folder of features is told from data by its shards") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  make_folder(folder / "data");
  write_file(folder / "data/captions.txt", "a");
  CHECK(is_feature_folder(folder / "features"));
  std::filesystem::remove(folder / "features/manifest.json");
  CHECK(is_feature_folder(folder / "features"));  // interrupted
  CHECK(!is_feature_folder(folder / "data"));
  CHECK(!is_feature_folder(folder / "nothing"));
  CHECK(!is_feature_folder("flickr8k:somewhere"));
}

TEST_CASE("the fingerprint of features changes with a split") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  FeatureManifest manifest = read_manifest(folder / "features");
  const std::string before = features_fingerprint(manifest);
  manifest.remarks.emplace_back("a remark");
  CHECK(features_fingerprint(manifest) == before);
  manifest.image_splits[0] = Split::kNone;
  CHECK(features_fingerprint(manifest) != before);
}

TEST_CASE("linked features are a store of the same files, which stays when the first is removed") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  link_shards(folder / "features", folder / "linked");
  CHECK(!std::filesystem::exists(folder / "linked/manifest.json"));
  link_features(folder / "features", folder / "linked");
  CHECK(std::filesystem::hard_link_count(folder / "linked/image-00000.safetensors") == 2);
  std::filesystem::remove_all(folder / "features");
  CHECK(FeatureStore::open(folder / "linked").manifest().image_ids.size() == 100);
}

#include "tandem/features/feature_store.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/stack.h>
#include <doctest/doctest.h>

#include <limits>

#include "tandem/base/errors.h"
#include "tandem/features/shard_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

/// Five pictures in two shards, row r holding r, 10 + r; two captions each in one shard.
void write_store(const ScratchFolder& folder, float spoiled_row_4 = 4) {
  at::Tensor image = at::stack({at::arange(5, at::kFloat), at::arange(5, at::kFloat) + 10}, 1).contiguous();
  image[4][0] = spoiled_row_4;
  FeatureManifest manifest;
  manifest.data_name = "five";
  manifest.image_encoders = {
      {.folder = "/m", .model_type = "vit", .fingerprint = "f", .files = {}, .views = "mean", .width = 2}};
  manifest.text_encoders = {
      {.folder = "/m", .model_type = "bert", .fingerprint = "f", .files = {}, .views = "mean", .width = 1}};
  for (int i = 0; i < 5; ++i) {
    manifest.image_ids.push_back("p" + std::to_string(i));
    manifest.pictures.push_back({.file = "/p" + std::to_string(i)});
    manifest.image_labels.emplace_back();
    manifest.image_splits.push_back(i % 2 == 0 ? Split::kTrain : Split::kTest);
    for (int k = 0; k < 2; ++k) {
      manifest.captions.push_back("caption " + std::to_string(2 * i + k));
      manifest.image_of_caption.push_back(i);
    }
  }
  manifest.image_shards = {
      write_shard(folder.path(), "image-00000.safetensors", "p", {.features = image.narrow(0, 0, 3), .unreadable = {}}),
      write_shard(folder.path(), "image-00001.safetensors", "p",
                  {.features = image.narrow(0, 3, 2), .unreadable = {}})};
  manifest.text_shards = {write_shard(folder.path(), "text-00000.safetensors", "p",
                                      {.features = at::arange(10, at::kFloat).reshape({10, 1}), .unreadable = {}})};
  write_manifest(folder.path(), manifest);
}

}  // namespace

TEST_CASE("rows are found across shards in any order") {
  const ScratchFolder folder;
  write_store(folder);
  const at::Tensor rows = FeatureStore::open(folder.path()).image_rows({4, 0, 3, 4, 2});
  const std::vector<double> first = {4, 0, 3, 4, 2};
  for (int i = 0; i < 5; ++i) {
    CHECK(rows[i][0].item<double>() == first[i]);
    CHECK(rows[i][1].item<double>() == first[i] + 10);
  }
}

TEST_CASE("a split has its pictures with all their captions") {
  const ScratchFolder folder;
  write_store(folder);
  const FeatureStore store = FeatureStore::open(folder.path());
  const PairedFeatures test = select_split(store, Split::kTest);
  CHECK(test.image_in_store == std::vector<std::int64_t>{1, 3});
  CHECK(test.text_in_store == std::vector<std::int64_t>{2, 3, 6, 7});
  CHECK(test.image_of_text[3].item<std::int64_t>() == 1);
  CHECK(test.image[1][0].item<double>() == 3);
  CHECK(test.text[2][0].item<double>() == 6);
  CHECK(select_all(store).image.size(0) == 5);
  CHECK(has_split(store, Split::kTest));
  CHECK_FALSE(has_split(store, Split::kDev));
  CHECK_THROWS_WITH_AS(select_split(store, Split::kDev), doctest::Contains("pictures in the split \"dev\", found none"),
                       FileError);
}

TEST_CASE("NaN features are refused with the picture named") {
  const ScratchFolder folder;
  write_store(folder, std::numeric_limits<float>::quiet_NaN());
  const FeatureStore store = FeatureStore::open(folder.path());
  CHECK_NOTHROW(select_split(store, Split::kTest));
  CHECK_THROWS_WITH_AS(select_split(store, Split::kTrain), doctest::Contains("NaN or infinity in those of picture p4"),
                       FileError);
}

TEST_CASE("a shard of another encoding under the right name is refused") {
  const ScratchFolder folder;
  write_store(folder);
  write_shard(folder.path(), "image-00001.safetensors", "p",
              {.features = at::arange(4, at::kFloat).reshape({2, 2}), .unreadable = {}});
  CHECK_THROWS_WITH_AS(FeatureStore::open(folder.path()), doctest::Contains("the shard that manifest.json lists"),
                       FileError);
}

TEST_CASE("a missing shard is named") {
  const ScratchFolder folder;
  write_store(folder);
  std::filesystem::remove(folder / "text-00000.safetensors");
  CHECK_THROWS_WITH_AS(FeatureStore::open(folder.path()),
                       doctest::Contains("text-00000.safetensors: expected a readable file"), FileError);
}

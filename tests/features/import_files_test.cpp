#include "tandem/features/import_files.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/npy_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

ImportedFeatures three_pictures() {
  return {.data_name = "three",
          .image = at::arange(12, at::kFloat).reshape({3, 4}) + 1,
          .text = at::arange(8, at::kFloat).reshape({4, 2}) + 1,
          .image_ids = {"a", "b", "c"},
          .captions = {"one", "two", "three", "four"},
          .image_of_caption = {0, 2, 1, 2},
          .splits = {Split::kTrain, Split::kDev, Split::kTest},
          .image_tokens = {{.begin = 0, .count = 2, .width = 2}}};
}

}  // namespace

TEST_CASE("what was exported is read back, and what is given beside it counts more") {
  const ScratchFolder folder;
  const ImportedFeatures written = three_pictures();
  import_features(written, folder / "store");
  for (const ExportFormat format : {ExportFormat::kNpy, ExportFormat::kSafetensors}) {
    const std::filesystem::path out = folder / (format == ExportFormat::kNpy ? "npy" : "safetensors");
    export_features(FeatureStore::open(folder / "store"), out, {.format = format});
    const ImportedFeatures read = read_import_files(with_exported({.data_name = "again"}, out));
    CHECK(read.data_name == "again");
    CHECK(at::equal(read.image, written.image));
    CHECK(at::equal(read.text, written.text));
    CHECK((read.image_ids == written.image_ids));
    CHECK((read.captions == written.captions));
    CHECK((read.image_of_caption == written.image_of_caption));
    CHECK((read.splits == written.splits));
    REQUIRE(read.image_tokens.size() == 1);
    CHECK(read.image_tokens[0].count == 2);
    CHECK(read.text_tokens.empty());
  }
  write_file(folder / "split.txt", "test\ntest\ntrain\n");
  const ImportedFeatures other =
      read_import_files(with_exported({.split = (folder / "split.txt").string()}, folder / "npy"));
  CHECK((other.splits == std::vector<Split>{Split::kTest, Split::kTest, Split::kTrain}));
}

TEST_CASE("captions that name their pictures belong to those") {
  const ScratchFolder folder;
  write_npy(folder / "image.npy", at::arange(6, at::kFloat).reshape({3, 2}));
  write_npy(folder / "text.npy", at::arange(4, at::kFloat).reshape({2, 2}));
  write_file(folder / "ids.txt", "a\nb\nc\n");
  write_file(folder / "captions.jsonl",
             "{\"caption\": \"x\", \"image\": \"c\"}\n{\"caption\": \"y\", \"image\": \"a\"}\n");
  ImportFiles files{.image = {(folder / "image.npy").string()},
                    .text = {(folder / "text.npy").string()},
                    .ids = (folder / "ids.txt").string(),
                    .captions = (folder / "captions.jsonl").string()};
  CHECK((read_import_files(files).image_of_caption == std::vector<std::int64_t>{2, 0}));
  write_file(folder / "ids.txt", "a\nb\nd\n");
  CHECK_THROWS_AS(read_import_files(files), FileError);
  CHECK_THROWS_WITH_AS(with_exported({}, folder / "nowhere"), doctest::Contains("found no such folder"), FileError);
}

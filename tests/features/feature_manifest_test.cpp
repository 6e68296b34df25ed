#include "tandem/features/feature_manifest.h"

#include <doctest/doctest.h>

#include <functional>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;

namespace {

FeatureManifest two_pictures() {
  FeatureManifest manifest;
  manifest.data_name = "two";
  manifest.plan = "p";
  manifest.image_encoders = {{.folder = "/models/a",
                              .model_type = "vit",
                              .fingerprint = "f",
                              .files = {"config.json"},
                              .views = "mean",
                              .width = 4}};
  manifest.text_encoders = {
      {.folder = "/models/b", .model_type = "bert", .fingerprint = "g", .files = {}, .views = "max@-2", .width = 3}};
  manifest.image_ids = {"a.jpg", "b.jpg"};
  manifest.selection = "limit 2";
  manifest.pictures = {{.file = "/data/a.jpg"},
                       {.file = "/data/b.bin", .offset = 1, .bytes = 3072, .coding = PictureCoding::kPlanes32}};
  manifest.image_labels = {"cat", ""};
  manifest.image_splits = {Split::kTrain, Split::kNone};
  manifest.captions = {"one", "zwei – äöü", "three \"quoted\""};
  manifest.image_of_caption = {0, 1, 1};
  manifest.image_shards = {{.file = "image-00000.safetensors", .rows = 2, .checksum = "c"}};
  manifest.text_shards = {{.file = "text-00000.safetensors", .rows = 3, .checksum = "d"}};
  manifest.skipped = {{.id = "c.jpg", .reason = "broken"}};
  manifest.remarks = {"a remark"};
  return manifest;
}

}  // namespace

TEST_CASE("a manifest comes back as it was written") {
  const ScratchFolder folder;
  write_manifest(folder.path(), two_pictures());
  const FeatureManifest manifest = read_manifest(folder.path());
  CHECK(manifest.captions == two_pictures().captions);
  CHECK(manifest.image_of_caption == two_pictures().image_of_caption);
  CHECK(manifest.image_splits == two_pictures().image_splits);
  CHECK(manifest.text_encoders[0].views == "max@-2");
  CHECK(manifest.pictures == two_pictures().pictures);
  CHECK(manifest.image_labels == two_pictures().image_labels);
  CHECK(manifest.selection == "limit 2");
  CHECK(manifest.skipped[0].reason == "broken");
  CHECK(manifest.image_width() == 4);
}

TEST_CASE("a manifest at odds with itself is refused in words") {
  const ScratchFolder folder;
  const auto complaint = [&](const FeatureManifest& manifest) -> std::string {
    write_manifest(folder.path(), manifest);
    try {
      read_manifest(folder.path());
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  };
  FeatureManifest manifest = two_pictures();
  manifest.image_of_caption[2] = 2;
  CHECK(complaint(manifest).find("one of picture 2") != std::string::npos);
  manifest = two_pictures();
  manifest.image_shards[0].rows = 7;
  CHECK(complaint(manifest).find("shards with 2 rows of pictures, found 7") != std::string::npos);
  manifest = two_pictures();
  manifest.pictures.pop_back();
  CHECK(complaint(manifest).find("one file, split and label for each of 2 pictures") != std::string::npos);
  manifest = two_pictures();
  manifest.text_shards[0].file = "../text-00000.safetensors";
  CHECK(complaint(manifest).find("shards that lie in the store") != std::string::npos);
  manifest = two_pictures();
  manifest.image_shards =
      std::vector<FeatureShard>(3, {.file = "image-00000.safetensors", .rows = std::int64_t{1} << 62, .checksum = "c"});
  CHECK(complaint(manifest).find("shards with rows, found 4611686018427387904 rows in image-00000.safetensors") !=
        std::string::npos);
  manifest = two_pictures();
  manifest.text_encoders = std::vector<EncoderRecord>(3, manifest.text_encoders[0]);
  manifest.text_encoders[1].width = std::int64_t{1} << 62;
  CHECK(complaint(manifest).find("an encoder's \"width\" from 0 to 2147483648, found 4611686018427387904") !=
        std::string::npos);
  CHECK(complaint(two_pictures()) == "");
}

TEST_CASE("a manifest's names lead nowhere else") {
  const ScratchFolder folder;
  const auto refused_with = [&](const std::function<void(Json&)>& change, const char* words) {
    write_manifest(folder.path(), two_pictures());
    Json json = read_checked_json(folder / kManifestName);
    change(json);
    write_checked_json(folder / kManifestName, json);
    CHECK_THROWS_WITH_AS(read_manifest(folder.path()), doctest::Contains(words), FileError);
  };
  for (const std::string& name :
       {std::string("../a"), std::string("/a"), std::string(), std::string("a\0b", 3), std::string("a/./b")}) {
    CAPTURE(name);
    refused_with([&](Json& json) { json["text_encoders"][0]["files"] = {"vocab.txt", name}; },
                 "manifest.json: expected an encoder's file whose name stays in its folder");
    refused_with([&](Json& json) { json["image_shards"][0]["file"] = name; }, "shards that lie in the store");
  }
  for (const std::string& place : {std::string("../a"), std::string("a/../../b"), std::string("/a\0b", 4)}) {
    CAPTURE(place);
    refused_with([&](Json& json) { json["image_encoders"][0]["folder"] = place; },
                 "an encoder's folder with an absolute path");
    refused_with([&](Json& json) { json["images"]["file"][0] = place; }, "a picture with an absolute path");
    refused_with([&](Json& json) { json["images"]["file"][1]["file"] = place; }, "a picture with an absolute path");
  }
  refused_with([&](Json& json) { json["image_encoders"][0]["model_type"] = "imported"; },
               "imported features without an encoder's folder");
}

TEST_CASE("another version is refused by name") {
  const ScratchFolder folder;
  write_checked_json(folder / kManifestName, {{"format", "tandem features"}, {"version", 9}});
  CHECK_THROWS_WITH_AS(read_manifest(folder.path()),
                       doctest::Contains("expected tandem features, version 2 or 3, found tandem features, version 9"),
                       FileError);
}

TEST_CASE("the encoding fingerprint follows encoders and poolings and not the data") {
  FeatureManifest manifest = two_pictures();
  const std::string before = encoding_fingerprint(manifest.image_encoders, manifest.text_encoders);
  manifest.image_encoders[0].folder = "/elsewhere";
  CHECK(encoding_fingerprint(manifest.image_encoders, manifest.text_encoders) == before);
  manifest.text_encoders[0].views = "max";
  CHECK(encoding_fingerprint(manifest.image_encoders, manifest.text_encoders) != before);
}

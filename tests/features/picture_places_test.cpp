#include "tandem/features/picture_places.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

namespace {

using Path = std::filesystem::path;

/// DIR/data/Images with a.jpg and sub/b.jpg, and an archive DIR/data/c.tar; DIR/out for the store.
struct PlacesFolder : ScratchFolder {
  PlacesFolder() {
    make_folder(path() / "data" / "Images" / "sub");
    make_folder(path() / "out" / "features");
    for (const char* name : {"Images/a.jpg", "Images/sub/b.jpg", "c.tar"})
      write_file(path() / "data" / name, "picture");
  }

  Path store() const { return path() / "out" / "features"; }

  FeatureManifest manifest(const std::vector<Path>& files) const {
    FeatureManifest made;
    made.data_name = "places";
    for (const Path& file : files) {
      made.image_ids.push_back(file.filename().string());
      made.pictures.push_back(file.extension() == ".tar" ? PictureSource{.file = file, .offset = 2, .bytes = 3}
                                                         : PictureSource{.file = file});
      made.image_splits.push_back(Split::kTest);
      made.image_labels.emplace_back();
    }
    made.image_shards = {
        {.file = "image-00000.safetensors", .rows = static_cast<std::int64_t>(files.size()), .checksum = "c"}};
    return made;
  }

  std::vector<Path> pictures() const { return {path() / "data/Images/a.jpg", path() / "data/Images/sub/b.jpg"}; }
};

std::vector<Path> files_of(const std::vector<PictureSource>& pictures) {
  std::vector<Path> files;
  for (const PictureSource& picture : pictures) files.push_back(picture.file);
  return files;
}

}  // namespace

TEST_CASE("a store keeps pictures below their common folder and gives them back with absolute names") {
  const PlacesFolder folder;
  std::vector<Path> files = folder.pictures();
  files.push_back(folder / "data/c.tar");
  const FeatureManifest written = folder.manifest(files);
  write_manifest(folder.store(), written);
  const Json images = read_checked_json(folder.store() / kManifestName).at("images");
  CHECK(images.at("root") == (folder / "data").string());
  CHECK(images.at("root_from_store") == "../../data");
  CHECK(images.at("file")[0] == "Images/a.jpg");
  CHECK(images.at("file")[2].at("file") == "c.tar");
  CHECK(read_manifest(folder.store()).pictures == written.pictures);
}

TEST_CASE("a store of version 2 with absolute names still opens, and imported pictures have no place") {
  const PlacesFolder folder;
  write_manifest(folder.store(), folder.manifest(folder.pictures()));
  Json old = read_checked_json(folder.store() / kManifestName);
  old["version"] = 2;
  old["images"].erase("root");
  old["images"].erase("root_from_store");
  old["images"]["file"] = {folder.pictures()[0].string(), folder.pictures()[1].string()};
  write_checked_json(folder.store() / kManifestName, old);
  CHECK(files_of(read_manifest(folder.store()).pictures) == folder.pictures());

  write_manifest(folder.store(), folder.manifest({"", ""}));
  const FeatureManifest imported = read_manifest(folder.store());
  CHECK(files_of(imported.pictures) == std::vector<Path>{"", ""});
  CHECK(picture_root(imported.pictures).empty());
  CHECK(missing_pictures(imported.pictures, {0, 1}).total == 0);
}

TEST_CASE("a store and its data that are moved together find each other") {
  const PlacesFolder folder;
  write_manifest(folder.store(), folder.manifest(folder.pictures()));
  const ScratchFolder elsewhere;
  std::filesystem::rename(folder / "data", elsewhere / "data");
  std::filesystem::rename(folder / "out", elsewhere / "out");
  const FeatureManifest moved = read_manifest(elsewhere / "out" / "features");
  CHECK(files_of(moved.pictures) ==
        std::vector<Path>{elsewhere / "data/Images/a.jpg", elsewhere / "data/Images/sub/b.jpg"});
  CHECK(missing_pictures(moved.pictures, {0, 1}).missing == 0);
}

TEST_CASE("a store that is moved alone keeps its pictures, and data that are moved alone are missed by name") {
  const PlacesFolder folder;
  write_manifest(folder.store(), folder.manifest(folder.pictures()));
  const ScratchFolder elsewhere;
  std::filesystem::rename(folder.store(), elsewhere / "features");
  CHECK(files_of(read_manifest(elsewhere / "features").pictures) == folder.pictures());

  std::filesystem::remove(folder / "data/Images/sub/b.jpg");
  FeatureManifest manifest = read_manifest(elsewhere / "features");
  CHECK(missing_pictures_notice(missing_pictures(manifest.pictures, {0, 1})) ==
        "1 of 2 pictures are not where they were (first: " + folder.pictures()[1].string() +
            "); --pictures DIR names their new root");
  CHECK(missing_pictures_notice(missing_pictures(manifest.pictures, {0})).empty());
  std::filesystem::rename(folder / "data", elsewhere / "data");
  manifest = read_manifest(elsewhere / "features");
  CHECK(missing_pictures(manifest.pictures, {0, 1}).missing == 2);
  CHECK(missing_pictures(manifest.pictures, {0, 1}).first == folder.pictures()[0]);
}

TEST_CASE("pictures move to a new root, which may be that of a folder above") {
  const PlacesFolder folder;
  std::vector<Path> files = folder.pictures();
  const std::vector<PictureSource> before = folder.manifest(files).pictures;
  const ScratchFolder elsewhere;
  std::filesystem::rename(folder / "data", elsewhere / "data");
  const std::vector<Path> after = {elsewhere / "data/Images/a.jpg", elsewhere / "data/Images/sub/b.jpg"};
  for (const Path& root :
       {elsewhere / "data/Images", elsewhere / "data", elsewhere.path(), elsewhere / "data/Images/"}) {
    std::vector<PictureSource> moved = before;
    move_pictures(moved, root);
    CAPTURE(root);
    CHECK(files_of(moved) == after);
  }
  std::vector<PictureSource> archives = folder.manifest({folder / "data/c.tar", folder / "data/c.tar"}).pictures;
  move_pictures(archives, elsewhere / "data");
  CHECK(files_of(archives) == std::vector<Path>(2, elsewhere / "data/c.tar"));
  CHECK(archives[1].offset == 2);
}

TEST_CASE("a new root without any of the pictures is refused and changes nothing") {
  const PlacesFolder folder;
  std::vector<PictureSource> pictures = folder.manifest(folder.pictures()).pictures;
  const ScratchFolder empty;
  CHECK_THROWS_WITH_AS(move_pictures(pictures, empty.path()),
                       doctest::Contains("expected the pictures' new root, with files such as a.jpg, found none of 2"),
                       FileError);
  CHECK_THROWS_WITH_AS(move_pictures(pictures, empty / "nowhere"), doctest::Contains("no such folder"), FileError);
  CHECK(files_of(pictures) == folder.pictures());
  std::vector<PictureSource> imported(2);
  CHECK_THROWS_WITH_AS(move_pictures(imported, empty.path()), doctest::Contains("pictures without a place"), FileError);
}

TEST_CASE("names that cannot lie below a root are stored whole, and names that leave it are refused") {
  const PlacesFolder folder;
  const std::vector<Path> odd = {folder / "data/Images/a.jpg", folder / "data/Images/back\\slash.jpg"};
  write_manifest(folder.store(), folder.manifest(odd));
  CHECK(files_of(read_manifest(folder.store()).pictures) == odd);
  for (const char* name : {"../a.jpg", "a/../../b.jpg"}) {
    Json json = read_checked_json(folder.store() / kManifestName);
    json["images"]["file"][0] = name;
    write_checked_json(folder.store() / kManifestName, json);
    CHECK_THROWS_AS(read_manifest(folder.store()), FileError);
  }
  Json json = read_checked_json(folder.store() / kManifestName);
  json["images"]["root"] = "not/absolute";
  write_checked_json(folder.store() / kManifestName, json);
  CHECK_THROWS_WITH_AS(read_manifest(folder.store()), doctest::Contains("an absolute path as the pictures' root"),
                       FileError);
}

#include "tandem/features/stored_pictures.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/features/picture_places.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/path_text.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// The name below the root if it can be read back, or else the absolute name.
std::string stored_name(const Path& file, const Path& root) {
  if (!root.empty() && !file.empty()) {
    const std::string name = path_text(file.lexically_relative(root));
    if (stays_in_folder(name)) return name;
  }
  return path_text(file);
}

/// A whole file is written as its name alone.
Json picture_to_json(const PictureSource& picture, const Path& root) {
  if (picture.is_whole_file()) return stored_name(picture.file, root);
  return {{"file", stored_name(picture.file, root)},
          {"offset", picture.offset},
          {"bytes", picture.bytes},
          {"coding", coding_name(picture.coding)}};
}

/// The way from the store to the root; empty if only "/" holds both.
Path way_from_store(const Path& root, const Path& store) {
  const Path whole = (std::filesystem::absolute(store) / "").lexically_normal().parent_path();
  const Path way = root.lexically_relative(whole);
  const auto up = std::count(way.begin(), way.end(), Path(".."));
  const Path below = whole.relative_path();
  return up < std::distance(below.begin(), below.end()) ? way : Path();
}

/// Pictures lie wherever the data does; imported features may have none.
Path picture_place(const std::string& name, const Path& root, const Path& file) {
  if (name.empty()) return {};
  const Path place = checked_place(name, "a picture", file);
  return root.empty() ? place : root / place;
}

PictureSource picture_from_json(const Json& json, const Path& root, const Path& file) {
  if (json.is_string()) return {.file = picture_place(json.get<std::string>(), root, file)};
  PictureSource picture{.file = picture_place(json_field<std::string>(json, "file", file), root, file),
                        .offset = json_field<std::int64_t>(json, "offset", file),
                        .bytes = json_field<std::int64_t>(json, "bytes", file)};
  const auto coding = json_field<std::string>(json, "coding", file);
  if (coding == coding_name(PictureCoding::kPlanes32)) {
    picture.coding = PictureCoding::kPlanes32;
  } else if (coding != coding_name(PictureCoding::kByContent)) {
    throw FileError(file, "a picture's coding, content or planes32", "\"" + coding + "\"");
  }
  return picture;
}

/// The root where it was or, if it is gone, where its way from the store leads.
Path root_in(const Json& object, const Path& store, const Path& file) {
  const Path root = json_field_or<std::string>(object, "root", "", file);
  if (root.empty()) return {};
  if (root.is_relative() || root.native().find('\0') != std::string::npos)
    throw FileError(file, "an absolute path as the pictures' root", "\"" + root.string() + "\"");
  std::error_code ignored;
  if (std::filesystem::is_directory(root, ignored)) return root;
  const Path way = json_field_or<std::string>(object, "root_from_store", "", file);
  if (way.empty() || way.is_absolute() || way.native().find('\0') != std::string::npos) return root;
  const Path moved = (std::filesystem::absolute(store) / way).lexically_normal();
  return std::filesystem::is_directory(moved, ignored) ? moved : root;
}

}  // namespace

Json stored_pictures(const std::vector<PictureSource>& pictures, const std::filesystem::path& store) {
  const Path root = picture_root(pictures);
  Json files = Json::array();
  for (const PictureSource& picture : pictures) files.push_back(picture_to_json(picture, root));
  Json object = {{"root", root.empty() ? Json() : Json(path_text(root))}, {"file", files}};
  if (root.empty()) return object;
  if (const Path way = way_from_store(root, store); !way.empty()) object["root_from_store"] = path_text(way);
  return object;
}

std::vector<PictureSource> pictures_from_json(const Json& object, const std::filesystem::path& store,
                                              const std::filesystem::path& file) {
  const Path root = root_in(object, store, file);
  const Json list = json_field<Json>(object, "file", file);
  std::vector<PictureSource> pictures;
  for (const Json& picture : list) pictures.push_back(picture_from_json(picture, root, file));
  return pictures;
}

}  // namespace tandem

#include "tandem/features/import_files.h"

#include <utility>

#include "tandem/base/errors.h"
#include "tandem/features/caption_pictures.h"
#include "tandem/features/feature_files.h"

namespace tandem {
namespace {

/// Which columns are tokens, as an export says.
void add_exported_tokens(ImportFiles& files, const std::filesystem::path& folder) {
  const std::filesystem::path told = folder / "tokens.json";
  if (!std::filesystem::exists(told)) return;
  const Json json = read_json(told);
  if (files.image_tokens.empty())
    files.image_tokens = token_columns_from_json(json_field<Json>(json, "image", told), told);
  if (files.text_tokens.empty())
    files.text_tokens = token_columns_from_json(json_field<Json>(json, "text", told), told);
}

}  // namespace

ImportFiles with_exported(ImportFiles given, const std::filesystem::path& folder) {
  const auto there = [&](const char* name) { return std::filesystem::is_regular_file(folder / name); };
  const bool npy = there("image.npy");
  if (!npy && !there("features.safetensors")) {
    throw FileError(folder, "a folder as 'tandem export' writes it, with image.npy or features.safetensors",
                    std::filesystem::is_directory(folder) ? "neither" : "no such folder");
  }
  const auto array = [&](const std::string& name) {
    return npy ? (folder / (name + ".npy")).string() : (folder / "features.safetensors").string() + "#" + name;
  };
  if (given.image.empty()) given.image = {array("image")};
  if (given.text.empty()) given.text = {array("text")};
  if (given.image_of_caption.empty()) given.image_of_caption = array("image_of_caption");
  for (const auto& [file, name] : {std::pair(&given.ids, "ids.json"), std::pair(&given.captions, "captions.jsonl"),
                                   std::pair(&given.split, "split.txt")}) {
    if (file->empty()) *file = (folder / name).string();
  }
  add_exported_tokens(given, folder);
  return given;
}

ImportedFeatures read_import_files(const ImportFiles& files) {
  ImportedFeatures features{.data_name = files.data_name,
                            .made_by = files.made_by,
                            .image = read_feature_rows(files.image),
                            .text = read_feature_rows(files.text),
                            .image_tokens = files.image_tokens,
                            .text_tokens = files.text_tokens,
                            .pictures = files.pictures};
  if (!files.ids.empty()) features.image_ids = read_ids(files.ids);
  if (!files.split.empty()) features.splits = read_splits(files.split);
  if (!files.captions.empty()) {
    ImportedCaptions read = read_captions(files.captions);
    features.captions = std::move(read.captions);
    if (!read.image_ids.empty() && files.image_of_caption.empty())
      features.image_of_caption = rows_of(read.image_ids, features.image_ids, files.captions);
  }
  if (!files.image_of_caption.empty()) features.image_of_caption = read_row_numbers(files.image_of_caption);
  return features;
}

}  // namespace tandem

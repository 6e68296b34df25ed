#include <ATen/ops/tensor.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/features/import_features.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/storage/replaced_folder.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

std::vector<std::int64_t> all_rows(std::size_t count) {
  std::vector<std::int64_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

/// All files that an export may consist of, in either format.
bool is_of_export(const std::filesystem::path& entry) {
  constexpr std::string_view kNames[] = {
      "image.npy",      "text.npy",  "image_of_caption.npy", "features.safetensors", "ids.json",
      "captions.jsonl", "split.txt", "tokens.json"};
  return std::find(std::begin(kNames), std::end(kNames), entry.filename().string()) != std::end(kNames);
}

/// The files for everything that the arrays do not hold.
std::vector<std::string> write_lists(const FeatureManifest& manifest, const std::filesystem::path& folder) {
  std::vector<std::string> names = {"ids.json", "captions.jsonl", "split.txt"};
  std::string captions, splits;
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    captions +=
        Json{{"caption", manifest.captions[j]}, {"image", manifest.image_ids[manifest.image_of_caption[j]]}}.dump() +
        "\n";
  }
  for (const Split split : manifest.image_splits) splits += std::string(split_name(split)) + "\n";
  write_json(folder / names[0], manifest.image_ids);
  write_file(folder / names[1], captions);
  write_file(folder / names[2], splits);
  const std::vector<TokenColumns> image_tokens = side_tokens(manifest.image_encoders);
  const std::vector<TokenColumns> text_tokens = side_tokens(manifest.text_encoders);
  if (image_tokens.empty() && text_tokens.empty()) return names;
  names.emplace_back("tokens.json");
  write_json(folder / names.back(), {{"image", to_json(image_tokens)}, {"text", to_json(text_tokens)}});
  return names;
}

/// Arrays last: an import begins with them, so an incomplete export cannot be imported.
std::vector<std::string> write_export(const FeatureStore& store, const std::filesystem::path& folder,
                                      ExportFormat format) {
  const FeatureManifest& manifest = store.manifest();
  std::vector<std::string> names = write_lists(manifest, folder);
  const at::Tensor image = store.image_rows(all_rows(manifest.image_ids.size()));
  const at::Tensor text = store.text_rows(all_rows(manifest.captions.size()));
  const at::Tensor pairs = at::tensor(manifest.image_of_caption, at::kLong);
  const std::vector<std::string> arrays =
      format == ExportFormat::kNpy ? std::vector<std::string>{"image.npy", "text.npy", "image_of_caption.npy"}
                                   : std::vector<std::string>{"features.safetensors"};
  if (format == ExportFormat::kNpy) {
    write_npy(folder / arrays[2], pairs);
    write_npy(folder / arrays[1], text);
    write_npy(folder / arrays[0], image);
  } else {
    write_safetensors(folder / arrays[0], {{"image", image}, {"text", text}, {"image_of_caption", pairs}});
  }
  names.insert(names.begin(), arrays.begin(), arrays.end());
  return names;
}

void remove_export(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) entries.push_back(entry.path());
  for (const std::filesystem::path& entry : entries) {
    if (is_of_export(entry)) std::filesystem::remove_all(entry);
  }
}

}  // namespace

std::vector<std::string> export_features(const FeatureStore& store, const std::filesystem::path& folder,
                                         const ExportOptions& options) {
  std::error_code error;
  const bool blank = !std::filesystem::exists(folder, error) || std::filesystem::is_empty(folder, error);
  ReplacedFolder out(folder, is_of_export);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!options.overwrite && is_of_export(entry.path()))
      throw FileError(entry.path(), "no such file yet (--overwrite replaces an export)", "one");
  }
  // If there is nothing to protect, the user's files are not moved.
  if (!blank && !out.has_own()) {
    try {
      return write_export(store, out.begin_in_place(), options.format);
    } catch (...) {
      remove_export(folder);
      throw;
    }
  }
  const std::vector<std::string> names = write_export(store, out.begin(), options.format);
  out.finish();
  return names;
}

}  // namespace tandem

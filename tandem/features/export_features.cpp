#include <ATen/ops/tensor.h>

#include <numeric>

#include "tandem/base/errors.h"
#include "tandem/features/import_features.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

std::vector<std::int64_t> all_rows(std::size_t count) {
  std::vector<std::int64_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

std::vector<std::string> export_features(const FeatureStore& store, const std::filesystem::path& folder, ExportFormat format) {
  const FeatureManifest& manifest = store.manifest();
  const std::vector<std::string> arrays = format == ExportFormat::kNpy ? std::vector<std::string>{"image.npy", "text.npy", "image_of_caption.npy"}
                                                                       : std::vector<std::string>{"features.safetensors"};
  std::vector<std::string> names = arrays;
  names.insert(names.end(), {"ids.json", "captions.jsonl", "split.txt"});
  const std::vector<TokenColumns> image_tokens = side_tokens(manifest.image_encoders), text_tokens = side_tokens(manifest.text_encoders);
  const bool tokens = !image_tokens.empty() || !text_tokens.empty();
  if (tokens) names.emplace_back("tokens.json");
  make_folder(folder);
  for (const std::string& name : names) {
    if (std::filesystem::exists(folder / name)) throw FileError(folder / name, "no such file yet", "one");
  }
  const at::Tensor image = store.image_rows(all_rows(manifest.image_ids.size())), text = store.text_rows(all_rows(manifest.captions.size()));
  const at::Tensor pairs = at::tensor(manifest.image_of_caption, at::kLong);
  if (format == ExportFormat::kNpy) {
    write_npy(folder / arrays[0], image);
    write_npy(folder / arrays[1], text);
    write_npy(folder / arrays[2], pairs);
  } else {
    write_safetensors(folder / arrays[0], {{"image", image}, {"text", text}, {"image_of_caption", pairs}});
  }
  std::string captions, splits;
  for (std::size_t j = 0; j < manifest.captions.size(); ++j) {
    captions += Json{{"caption", manifest.captions[j]}, {"image", manifest.image_ids[manifest.image_of_caption[j]]}}.dump() + "\n";
  }
  for (const Split split : manifest.image_splits) splits += std::string(split_name(split)) + "\n";
  write_json(folder / "ids.json", manifest.image_ids);
  if (tokens) write_json(folder / "tokens.json", {{"image", to_json(image_tokens)}, {"text", to_json(text_tokens)}});
  write_file(folder / "captions.jsonl", captions);
  write_file(folder / "split.txt", splits);
  return names;
}

}  // namespace tandem

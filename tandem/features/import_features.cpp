#include "tandem/features/import_features.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "tandem/base/errors.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/features/shard_file.h"
#include "tandem/features/store_entries.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/replaced_folder.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kRowsPerShard = 65536;

std::string_view row_bytes(const at::Tensor& rows) {
  return {static_cast<const char*>(rows.const_data_ptr()), rows.nbytes()};
}

/// The fingerprint is of the maker's name or, without one, of the features themselves, so that no
/// others can take their place.
EncoderRecord record_of(const at::Tensor& features, const std::string& side, const std::string& made_by,
                        const std::vector<TokenColumns>& tokens, const Path& folder) {
  check_token_columns(tokens, features.size(1), folder);
  Checksum fingerprint;
  fingerprint.add_field("imported").add_field(side).add_field(made_by).add_field(std::to_string(features.size(1)));
  if (made_by.empty()) fingerprint.add(row_bytes(features));
  if (!tokens.empty()) fingerprint.add_field(to_json(tokens).dump());
  return {.folder = {},
          .model_type = kImportedModelType,
          .fingerprint = fingerprint.text(),
          .files = {},
          .views = made_by,
          .width = features.size(1),
          .tokens = tokens};
}

/// A list as long as its rows, or its default if it was left out.
template <typename Entry, typename Otherwise>
std::vector<Entry> complete(const std::vector<Entry>& given, std::int64_t rows, const Path& folder, const char* what,
                            const Otherwise& otherwise) {
  if (!given.empty() && static_cast<std::int64_t>(given.size()) != rows) {
    throw FileError(folder, std::to_string(rows) + " " + what + ", one a row of features",
                    std::to_string(given.size()));
  }
  std::vector<Entry> list = given;
  for (std::int64_t row = static_cast<std::int64_t>(list.size()); row < rows; ++row) list.push_back(otherwise(row));
  return list;
}

void check_pairs(const FeatureManifest& manifest, const Path& folder) {
  const auto images = static_cast<std::int64_t>(manifest.image_ids.size());
  std::vector<bool> captioned(manifest.image_ids.size(), false);
  for (std::size_t j = 0; j < manifest.image_of_caption.size(); ++j) {
    const std::int64_t image = manifest.image_of_caption[j];
    if (image < 0 || image >= images) {
      throw FileError(folder, "captions of pictures 0 to " + std::to_string(images - 1),
                      "picture " + std::to_string(image) + " for caption " + std::to_string(j));
    }
    captioned[image] = true;
  }
  const auto without = std::find(captioned.begin(), captioned.end(), false);
  if (without != captioned.end())
    throw FileError(folder, "a caption for every picture",
                    "none for picture " + manifest.image_ids[without - captioned.begin()]);
}

PictureSource picture_of(const std::string& id, const Path& pictures) {
  if (pictures.empty()) return {};
  if (!stays_in_folder(id)) throw FileError(pictures, "ids that name files in it", "one that leaves it");
  const Path file = std::filesystem::absolute(pictures / id).lexically_normal();
  if (!std::filesystem::is_regular_file(file)) throw FileError(file, "the picture of that id", "no file");
  return {.file = file};
}

FeatureManifest manifest_of(const ImportedFeatures& features, const Path& folder) {
  const std::int64_t images = features.image.size(0);
  const std::int64_t texts = features.text.size(0);
  FeatureManifest manifest;
  manifest.data_name = features.data_name;
  manifest.image_encoders = {record_of(features.image, "image", features.made_by, features.image_tokens, folder)};
  manifest.text_encoders = {record_of(features.text, "text", features.made_by, features.text_tokens, folder)};
  manifest.image_ids =
      complete(features.image_ids, images, folder, "ids", [](std::int64_t row) { return std::to_string(row); });
  manifest.captions = complete(features.captions, texts, folder, "captions",
                               [](std::int64_t row) { return "caption " + std::to_string(row); });
  if (features.image_of_caption.empty() && images != texts) {
    throw FileError(folder,
                    "as many captions as pictures (" + std::to_string(images) + "), or the picture of each caption",
                    std::to_string(texts) + " captions");
  }
  manifest.image_of_caption =
      complete(features.image_of_caption, texts, folder, "pictures of captions", [](std::int64_t row) { return row; });
  check_pairs(manifest, folder);
  manifest.image_splits = complete(features.splits, images, folder, "splits",
                                   [&](std::int64_t row) { return split_by_hash(manifest.image_ids[row]); });
  manifest.image_labels.resize(manifest.image_ids.size());
  for (const std::string& id : manifest.image_ids) manifest.pictures.push_back(picture_of(id, features.pictures));
  if (features.splits.empty()) manifest.remarks.push_back(split_remark("ids"));

  Checksum plan;
  plan.add_field("import 1").add(row_bytes(features.image)).add(row_bytes(features.text));
  for (const auto* side : {&manifest.image_encoders, &manifest.text_encoders})
    plan.add_field(side->front().fingerprint);
  for (const std::string& id : manifest.image_ids) plan.add_field(id);
  for (std::size_t j = 0; j < manifest.captions.size(); ++j)
    plan.add_field(manifest.captions[j]).add_field(std::to_string(manifest.image_of_caption[j]));
  manifest.plan = plan.text();
  return manifest;
}

std::vector<FeatureShard> write_shards(const Path& folder, const at::Tensor& rows, ShardSide side,
                                       const std::string& plan) {
  std::vector<FeatureShard> shards;
  for (std::int64_t begin = 0; begin < rows.size(0); begin += kRowsPerShard) {
    const at::Tensor part = rows.narrow(0, begin, std::min(kRowsPerShard, rows.size(0) - begin));
    shards.push_back(
        write_shard(folder, shard_name(side, begin / kRowsPerShard), plan, {.features = part, .unreadable = {}}));
  }
  return shards;
}

void refuse_others(const Path& folder, const std::string& plan) {
  if (!std::filesystem::exists(folder / kManifestName)) {
    if (!plan_of_shards(folder, ShardSide::kImage)) return;
    throw FileError(folder, "a folder without features (--overwrite replaces them)", "an interrupted encoding");
  }
  const FeatureManifest found = read_manifest(folder);
  if (found.plan != plan)
    throw FileError(folder, "no features, or the same (--overwrite replaces others)", "features of " + found.data_name);
}

}  // namespace

FeatureManifest import_features(const ImportedFeatures& given, const Path& folder, bool overwrite) {
  for (const at::Tensor* rows : {&given.image, &given.text}) {
    TORCH_CHECK_VALUE(rows->dim() == 2 && rows->scalar_type() == at::kFloat,
                      "import_features: [rows, columns] of float32 was needed, got ", rows->sizes());
  }
  ImportedFeatures features = given;
  features.image = given.image.contiguous();
  features.text = given.text.contiguous();
  FeatureManifest manifest = manifest_of(features, folder);
  ReplacedFolder store(folder, is_store_entry);
  if (!overwrite) refuse_others(folder, manifest.plan);
  const Path& place = store.begin();
  manifest.image_shards = write_shards(place, features.image, ShardSide::kImage, manifest.plan);
  manifest.text_shards = write_shards(place, features.text, ShardSide::kText, manifest.plan);
  write_manifest(place, manifest);
  store.finish();
  return manifest;
}

}  // namespace tandem

#include "tandem/features/feature_manifest.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/features/stored_pictures.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/path_text.h"

namespace tandem {
namespace {

constexpr const char* kFormat = "tandem features";
constexpr int kVersion = 3;
constexpr int kOldestVersion = 2;  // its pictures have absolute names only
constexpr std::int64_t kMostRows = std::int64_t{1} << 40,
                       kMostColumns = std::int64_t{1} << 31;  // so that no sum of them overflows

Json to_json(const FeatureShard& shard) {
  return {{"file", shard.file}, {"rows", shard.rows}, {"checksum", shard.checksum}};
}
Json to_json(const SkippedImage& image) { return {{"id", image.id}, {"reason", image.reason}}; }

template <typename Record>
Json list_to_json(const std::vector<Record>& records) {
  Json list = Json::array();
  for (const Record& record : records) list.push_back(to_json(record));
  return list;
}

std::vector<FeatureShard> shards_from_json(const Json& list, const std::filesystem::path& file) {
  std::vector<FeatureShard> shards;
  for (const Json& json : list) {
    shards.push_back({.file = json_field<std::string>(json, "file", file),
                      .rows = json_field<std::int64_t>(json, "rows", file),
                      .checksum = json_field<std::string>(json, "checksum", file)});
    const std::string& name = shards.back().file;
    if (!is_plain_name(name)) throw FileError(file, "shards that lie in the store", "\"" + name + "\"");
  }
  return shards;
}

std::vector<EncoderRecord> encoders_from_json(const Json& list, const std::filesystem::path& file) {
  std::vector<EncoderRecord> records;
  for (const Json& json : list) records.push_back(encoder_record_from_json(json, file));
  return records;
}

std::int64_t total_width(const std::vector<EncoderRecord>& encoders) {
  std::int64_t width = 0;
  for (const EncoderRecord& encoder : encoders) width += encoder.width;
  return width;
}

void check_rows(const std::vector<FeatureShard>& shards, std::size_t listed, const char* what,
                const std::filesystem::path& file) {
  std::int64_t rows = 0;
  for (const FeatureShard& shard : shards) {
    if (shard.rows < 0 || shard.rows > kMostRows)
      throw FileError(file, "shards with rows", std::to_string(shard.rows) + " rows in " + shard.file);
    rows += shard.rows;
  }
  if (rows != static_cast<std::int64_t>(listed)) {
    throw FileError(file, std::string("shards with ") + std::to_string(listed) + " rows of " + what,
                    std::to_string(rows));
  }
}

}  // namespace

std::int64_t FeatureManifest::image_width() const { return total_width(image_encoders); }
std::int64_t FeatureManifest::text_width() const { return total_width(text_encoders); }

std::vector<TokenColumns> side_tokens(const std::vector<EncoderRecord>& encoders) {
  std::vector<TokenColumns> all;
  std::int64_t begin = 0;
  for (const EncoderRecord& encoder : encoders) {
    for (TokenColumns columns : encoder.tokens) {
      columns.begin += begin;
      all.push_back(columns);
    }
    begin += encoder.width;
  }
  return all;
}

std::string encoding_fingerprint(const std::vector<EncoderRecord>& image_encoders,
                                 const std::vector<EncoderRecord>& text_encoders) {
  Checksum checksum;
  for (const auto* side : {&image_encoders, &text_encoders}) {
    checksum.add_field(std::to_string(side->size()));
    for (const EncoderRecord& encoder : *side) checksum.add_field(encoder.fingerprint).add_field(encoder.views);
  }
  return checksum.text();
}

Json to_json(const std::vector<TokenColumns>& tokens) {
  Json list = Json::array();
  for (const TokenColumns& columns : tokens)
    list.push_back({{"begin", columns.begin}, {"count", columns.count}, {"width", columns.width}});
  return list;
}

std::vector<TokenColumns> token_columns_from_json(const Json& list, const std::filesystem::path& file) {
  std::vector<TokenColumns> tokens;
  if (!list.is_array()) throw FileError(file, "a list of columns that are tokens", json_type(list));
  for (const Json& columns : list) {
    tokens.push_back({.begin = json_field<std::int64_t>(columns, "begin", file),
                      .count = json_field<std::int64_t>(columns, "count", file),
                      .width = json_field<std::int64_t>(columns, "width", file)});
  }
  return tokens;
}

void check_token_columns(const std::vector<TokenColumns>& tokens, std::int64_t width,
                         const std::filesystem::path& file) {
  std::int64_t end = 0;
  for (const TokenColumns& columns : tokens) {
    const bool in_order = columns.begin >= end && columns.begin <= width && columns.count > 0 && columns.width > 0;
    if (!in_order || columns.width > width || columns.count > (width - columns.begin) / columns.width) {
      throw FileError(file, "tokens within the " + std::to_string(width) + " columns, one view behind the other",
                      std::to_string(columns.count) + " of " + std::to_string(columns.width) + " columns from column " +
                          std::to_string(columns.begin));
    }
    end = columns.begin + columns.count * columns.width;
  }
}

Json to_json(const EncoderRecord& record) {
  return {{"folder", path_text(record.folder)},
          {"model_type", record.model_type},
          {"fingerprint", record.fingerprint},
          {"files", record.files},
          {"precision", precision_name(record.precision)},
          {"views", record.views},
          {"width", record.width},
          {"tokens", to_json(record.tokens)},
          {"rules", record.rules}};
}

EncoderRecord encoder_record_from_json(const Json& json, const std::filesystem::path& file) {
  const auto precision = json_field<std::string>(json, "precision", file);
  if (precision != "fp32" && precision != "bf16" && precision != "fp16") {
    throw FileError(file, "an encoder's precision, fp32, bf16 or fp16", "\"" + precision + "\"");
  }
  const auto width = json_field<std::int64_t>(json, "width", file);
  if (width < 0 || width > kMostColumns)
    throw FileError(file, "an encoder's \"width\" from 0 to " + std::to_string(kMostColumns), std::to_string(width));
  const std::vector<TokenColumns> tokens =
      token_columns_from_json(json_field_or<Json>(json, "tokens", Json::array(), file), file);
  check_token_columns(tokens, width, file);
  const auto model_type = json_field<std::string>(json, "model_type", file);
  const auto folder = json_field<std::string>(json, "folder", file);
  const auto files = json_field<std::vector<std::string>>(json, "files", file);
  for (const std::string& name : files) checked_inner_name(name, "an encoder's file", file);
  const bool imported = model_type == kImportedModelType;
  if (imported && !folder.empty()) throw FileError(file, "imported features without an encoder's folder", "one");
  if (!imported) checked_place(folder, "an encoder's folder", file);
  return {.folder = folder,
          .model_type = model_type,
          .fingerprint = json_field<std::string>(json, "fingerprint", file),
          .files = files,
          .precision = precision_of_name(precision),
          .views = json_field<std::string>(json, "views", file),
          .width = width,
          .tokens = tokens,
          .rules = json_field_or<std::vector<std::string>>(json, "rules", {}, file)};
}

void write_manifest(const std::filesystem::path& folder, const FeatureManifest& manifest) {
  std::vector<std::string> splits;
  Json images = stored_pictures(manifest.pictures, folder);
  const bool labelled = std::any_of(manifest.image_labels.begin(), manifest.image_labels.end(),
                                    [](const std::string& label) { return !label.empty(); });
  for (const Split split : manifest.image_splits) splits.emplace_back(split_name(split));
  images["id"] = manifest.image_ids;
  images["split"] = splits;
  images["label"] = labelled ? Json(manifest.image_labels) : Json();
  write_checked_json(folder / kManifestName,
                     {{"format", kFormat},
                      {"version", kVersion},
                      {"data", manifest.data_name},
                      {"plan", manifest.plan},
                      {"image_encoders", list_to_json(manifest.image_encoders)},
                      {"text_encoders", list_to_json(manifest.text_encoders)},
                      {"selection", manifest.selection},
                      {"images", images},
                      {"captions", {{"text", manifest.captions}, {"image", manifest.image_of_caption}}},
                      {"image_shards", list_to_json(manifest.image_shards)},
                      {"text_shards", list_to_json(manifest.text_shards)},
                      {"skipped", list_to_json(manifest.skipped)},
                      {"remarks", manifest.remarks}});
}

FeatureManifest read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kManifestName;
  if (!std::filesystem::exists(file)) {
    if (std::filesystem::exists(folder / "run.json")) {
      throw FileError(folder, "a folder of features, as `tandem encode` writes it",
                      "a run; `tandem embed` writes its vectors");
    }
    throw FileError(folder, "a folder of features, as `tandem encode` writes it",
                    std::filesystem::exists(folder) ? "no manifest.json in it (was encoding interrupted?)"
                                                    : "nothing of that name");
  }
  const Json json = read_checked_json(file);
  const auto format = json_field<std::string>(json, "format", file);
  const auto version = json_field<int>(json, "version", file);
  if (format != kFormat || version < kOldestVersion || version > kVersion) {
    throw FileError(
        file, std::string(kFormat) + ", version " + std::to_string(kOldestVersion) + " or " + std::to_string(kVersion),
        format + ", version " + std::to_string(version));
  }
  FeatureManifest manifest;
  manifest.data_name = json_field<std::string>(json, "data", file);
  manifest.selection = json_field<std::string>(json, "selection", file);
  manifest.plan = json_field<std::string>(json, "plan", file);
  manifest.image_encoders = encoders_from_json(json_field<Json>(json, "image_encoders", file), file);
  manifest.text_encoders = encoders_from_json(json_field<Json>(json, "text_encoders", file), file);

  const Json images = json_field<Json>(json, "images", file);
  manifest.image_ids = json_field<std::vector<std::string>>(images, "id", file);
  manifest.pictures = pictures_from_json(images, folder, file);
  for (const auto& name : json_field<std::vector<std::string>>(images, "split", file)) {
    const std::optional<Split> split = split_named(name);
    if (!split) throw FileError(file, "a split train, dev, test or none", "\"" + name + "\"");
    manifest.image_splits.push_back(*split);
  }
  if (json_field<Json>(images, "label", file).is_null()) {
    manifest.image_labels.resize(manifest.image_ids.size());
  } else {
    manifest.image_labels = json_field<std::vector<std::string>>(images, "label", file);
  }
  const Json captions = json_field<Json>(json, "captions", file);
  manifest.captions = json_field<std::vector<std::string>>(captions, "text", file);
  manifest.image_of_caption = json_field<std::vector<std::int64_t>>(captions, "image", file);

  manifest.image_shards = shards_from_json(json_field<Json>(json, "image_shards", file), file);
  manifest.text_shards = shards_from_json(json_field<Json>(json, "text_shards", file), file);
  for (const Json& skipped : json_field<Json>(json, "skipped", file)) {
    manifest.skipped.push_back({.id = json_field<std::string>(skipped, "id", file),
                                .reason = json_field<std::string>(skipped, "reason", file)});
  }
  manifest.remarks = json_field<std::vector<std::string>>(json, "remarks", file);

  const std::size_t count = manifest.image_ids.size();
  if (manifest.pictures.size() != count || manifest.image_splits.size() != count ||
      manifest.image_labels.size() != count) {
    throw FileError(file, "one file, split and label for each of " + std::to_string(count) + " pictures",
                    std::to_string(manifest.pictures.size()) + ", " + std::to_string(manifest.image_splits.size()) +
                        " and " + std::to_string(manifest.image_labels.size()));
  }
  if (manifest.captions.size() != manifest.image_of_caption.size()) {
    throw FileError(file, "one picture for each of " + std::to_string(manifest.captions.size()) + " captions",
                    std::to_string(manifest.image_of_caption.size()));
  }
  for (const std::int64_t image : manifest.image_of_caption) {
    if (image < 0 || image >= static_cast<std::int64_t>(count)) {
      throw FileError(file, "captions of pictures 0 to " + std::to_string(count) + " (exclusive)",
                      "one of picture " + std::to_string(image));
    }
  }
  check_rows(manifest.image_shards, count, "pictures", file);
  check_rows(manifest.text_shards, manifest.captions.size(), "captions", file);
  return manifest;
}

}  // namespace tandem

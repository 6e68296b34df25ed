// The manifest of a feature store: which data, which encoders, which rows. doc/file_formats.md
// describes every field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"
#include "tandem/nn/precision.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Columns [begin, begin + count * width) of an encoder's features: a view of `count` tokens, zeros
/// if an item has fewer.
struct TokenColumns {
  std::int64_t begin = 0;
  std::int64_t count = 0;
  std::int64_t width = 0;
};

/// The record of an encoder in a feature store: enough to open it again and to check that it is
/// still the same.
struct EncoderRecord {
  std::filesystem::path folder;  ///< absolute
  std::string model_type;
  std::string fingerprint;                    ///< of weights, configuration, tokenizer and preparation
  std::vector<std::string> files;             ///< relative to folder
  Precision precision = Precision::kFloat32;  ///< in which it computed
  std::string views;                          ///< "mean,max@-2"
  std::int64_t width = 0;                     ///< number of columns it fills
  std::vector<TokenColumns> tokens = {};      ///< its views of tokens, in order
  std::vector<std::string> rules = {};  ///< in the fingerprint: where files are read differently from earlier versions
};

/// The model_type of imported features. Such a record has no folder and no files. Its fingerprint
/// is that of the features themselves, or of the name that the user gave to what made them (then
/// also its `views`).
inline constexpr const char* kImportedModelType = "imported";

inline bool is_imported(const EncoderRecord& record) { return record.model_type == kImportedModelType; }

struct FeatureShard {
  std::string file;  ///< relative to the store
  std::int64_t rows = 0;
  std::string checksum;
};

struct SkippedImage {
  std::string id;
  std::string reason;
};

struct FeatureManifest {
  std::string data_name;
  std::string selection;  ///< how a part was chosen from a larger data set; empty: the whole set
  std::string plan;  ///< fingerprint of what the features were made from: pictures, captions, encoders, preparation
  std::vector<EncoderRecord> image_encoders;
  std::vector<EncoderRecord> text_encoders;

  // Pictures, one entry per row of the image features.
  std::vector<std::string> image_ids;
  std::vector<PictureSource> pictures;  ///< files absolute; on disk below their common folder (stored_pictures.h)
  std::vector<Split> image_splits;
  std::vector<std::string> image_labels;  ///< their classes; all empty for data without classes
  // Captions, one entry per row of the text features.
  std::vector<std::string> captions;
  std::vector<std::int64_t> image_of_caption;  ///< rows of the image features

  std::vector<FeatureShard> image_shards;
  std::vector<FeatureShard> text_shards;
  std::vector<SkippedImage> skipped;  ///< pictures that could not be read; they and their captions are in no shard
  std::vector<std::string> remarks;   ///< of the data's reader

  std::int64_t image_width() const;
  std::int64_t text_width() const;
};

/// The columns of a side that hold tokens, counted from the side's first column.
std::vector<TokenColumns> side_tokens(const std::vector<EncoderRecord>& encoders);

/// The fingerprint of encoders and views, but not of the data. Two stores with the same one are
/// interchangeable for a trained head.
std::string encoding_fingerprint(const std::vector<EncoderRecord>& image_encoders,
                                 const std::vector<EncoderRecord>& text_encoders);

Json to_json(const std::vector<TokenColumns>& tokens);
std::vector<TokenColumns> token_columns_from_json(const Json& list, const std::filesystem::path& file);

/// Throws FileError naming `file` if the columns extend beyond `width` or overlap.
void check_token_columns(const std::vector<TokenColumns>& tokens, std::int64_t width,
                         const std::filesystem::path& file);

Json to_json(const EncoderRecord& record);
EncoderRecord encoder_record_from_json(const Json& json, const std::filesystem::path& file);

/// Writes `FOLDER/manifest.json`, with a checksum.
void write_manifest(const std::filesystem::path& folder, const FeatureManifest& manifest);

/// Reads it; those of version 2 too.
/// Throws FileError if the manifest is missing, damaged, of a version that this program does not
/// read, or inconsistent (a caption without a picture, shards whose rows do not add up, an unknown
/// split).
FeatureManifest read_manifest(const std::filesystem::path& folder);

inline constexpr const char* kManifestName = "manifest.json";

}  // namespace tandem

#include "tandem/encoders/encoder_folder_info.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "tandem/base/errors.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// The first of the fields that is a whole number.
std::optional<std::int64_t> number_in(const Json& config, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto field = config.find(name);
    if (field != config.end() && field->is_number_integer()) return field->get<std::int64_t>();
  }
  return std::nullopt;
}

/// The sum of a list of whole numbers, as in Swin's "depths", or of one field of each entry, as in
/// EfficientNet's "blocks".
std::optional<std::int64_t> sum_in(const Json& config, const char* list, const char* field) {
  const auto entries = config.find(list);
  if (entries == config.end() || !entries->is_array() || entries->empty()) return std::nullopt;
  std::int64_t sum = 0;
  for (const Json& entry : *entries) {
    const Json number = entry.is_object() ? entry.value(field, Json()) : entry;
    if (!number.is_number_integer() || __builtin_add_overflow(sum, number.get<std::int64_t>(), &sum))
      return std::nullopt;
  }
  return sum;
}

void read_shape(const Json& config, EncoderFolderInfo& info) {
  info.width = number_in(config, {"hidden_size", "d_model", "dim", "n_embd", "hidden_dim", "projection_dim"});
  if (const auto sizes = config.find("hidden_sizes");
      !info.width && sizes != config.end() && sizes->is_array() && !sizes->empty()) {
    if (sizes->back().is_number_integer()) info.width = sizes->back().get<std::int64_t>();  // ResNet's stages
  }
  info.layers = number_in(config, {"num_hidden_layers", "n_layers", "n_layer", "num_layers"});
  if (!info.layers) info.layers = sum_in(config, "depths", "");
  if (!info.layers) info.layers = sum_in(config, "blocks", "repeats");
}

std::int64_t size_of(const Path& folder) {
  std::int64_t size_bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    std::error_code gone;
    if (entry.is_regular_file(gone) && !gone) size_bytes += static_cast<std::int64_t>(entry.file_size(gone));
  }
  return size_bytes;
}

void check_companions(const Path& folder, const EncoderFolderInfo& info) {
  const auto has = [&](const char* name) { return std::filesystem::exists(folder / name); };
  if (info.image && !info.text && !has("preprocessor_config.json")) {
    throw FileError(folder, "an image encoder with its preprocessor_config.json", "no preprocessor_config.json");
  }
  constexpr std::array kTokenizerFiles = {"tokenizer.json",  "vocab.txt",    "vocab.json",
                                          "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"};
  if (info.text && !info.image && std::none_of(kTokenizerFiles.begin(), kTokenizerFiles.end(), has)) {
    throw FileError(folder, "a text encoder with its tokenizer", "no tokenizer.json and no vocabulary");
  }
}

}  // namespace

EncoderFolderInfo describe_folder(const Path& folder) {
  EncoderFolderInfo info{.size_bytes = size_of(folder)};
  try {
    const Path config_path = folder / "config.json";
    if (std::filesystem::exists(config_path)) {
      const Json config = read_json(config_path);
      info.model_type = json_field_or<std::string>(config, "model_type", "", config_path);
      read_shape(config, info);
    }
    const ModelKind kind = model_kind(folder);
    info.text = kind.text;
    info.image = kind.image;
    check_companions(folder, info);
    const Path weights = folder / "model.safetensors";
    const bool one_file = std::filesystem::exists(weights);
    for (const std::string& file : weight_files(one_file ? weights : folder / "model.safetensors.index.json")) {
      if (file.ends_with(".safetensors")) SafetensorsFile::open(folder / file);
    }
  } catch (const FileError& error) {
    info.unusable = error.what();
  }
  return info;
}

}  // namespace tandem

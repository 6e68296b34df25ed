#include "tandem/encoders/model_folder.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/encoders/bert.h"
#include "tandem/encoders/clip_text.h"
#include "tandem/encoders/clip_vision.h"
#include "tandem/encoders/deit.h"
#include "tandem/encoders/dinov2.h"
#include "tandem/encoders/distilbert.h"
#include "tandem/encoders/efficientnet_lite.h"
#include "tandem/encoders/encoder_fingerprint.h"
#include "tandem/encoders/mpnet.h"
#include "tandem/encoders/resnet.h"
#include "tandem/encoders/roberta.h"
#include "tandem/encoders/vit.h"
#include "tandem/nn/model_weights.h"
#include "tandem/storage/json_file.h"
#include "tandem/tokenizers/byte_bpe_folder.h"
#include "tandem/tokenizers/word_piece_folder.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kConfig = "config.json";
constexpr const char* kWeights = "model.safetensors";
constexpr const char* kWeightIndex = "model.safetensors.index.json";
constexpr const char* kPreprocessor = "preprocessor_config.json";

/// The arguments of the constructors in the tables below: the parsed config.json, its path, and the
/// path of the weights.
struct ModelFiles {
  Json config;
  Path config_path;
  WeightSource weights;
  std::string model_type;
  SegmentIds segments;  ///< the tokenizer's
};

struct TextModel {
  std::string_view model_type;
  std::unique_ptr<const TextEncoder> (*read)(const ModelFiles& files);
  OpenedTokenizer (*open_tokenizer)(const Path& folder);
  /// Finds the text encoder's fields in config.json, and fills in defaults.
  Json (*fields)(const Json& config, const Path& path) = [](const Json& config, const Path&) { return config; };
};

struct ImageModel {
  std::string_view model_type;
  const char* processor;  ///< the processor of a preprocessor_config.json that names none; "": none
  std::unique_ptr<const ImageEncoder> (*read)(const ModelFiles& files);
};

std::unique_ptr<const TextEncoder> read_clip_text_files(const ModelFiles& files) {
  return read_clip_text(read_clip_text_config(files.config, files.config_path), files.weights);
}

// Every model_type tandem knows. A new encoder is one row here and one header and source of its
// own.
constexpr TextModel kTextModels[] = {
    {"bert",
     [](const ModelFiles& files) {
       return read_bert(read_bert_config(files.config, files.config_path, files.segments), files.weights);
     },
     open_word_piece},
    {"clip", read_clip_text_files, open_clip_bpe, clip_text_fields},
    {"clip_text_model", read_clip_text_files, open_clip_bpe, clip_text_fields},
    {"distilbert",
     [](const ModelFiles& files) {
       return read_distilbert(read_distilbert_config(files.config, files.config_path), files.weights);
     },
     open_word_piece},
    {"mpnet",
     [](const ModelFiles& files) {
       return read_mpnet(read_mpnet_config(files.config, files.config_path), files.weights);
     },
     open_mpnet_word_piece},
    {"roberta",
     [](const ModelFiles& files) {
       return read_roberta(read_roberta_config(files.config, files.config_path, files.segments), files.weights);
     },
     open_roberta_bpe},
};
constexpr ImageModel kImageModels[] = {
    {"efficientnet_lite", "",
     [](const ModelFiles& files) {
       return read_efficientnet_lite(read_efficientnet_lite_config(files.config, files.config_path), files.weights);
     }},
    {"resnet", "ConvNext",
     [](const ModelFiles& files) {
       return read_resnet(read_resnet_config(files.config, files.config_path), files.weights);
     }},
    {"vit", "ViT", [](const ModelFiles& files) { return read_vit(files.config, files.config_path, files.weights); }},
    {"deit", "DeiT", [](const ModelFiles& files) { return read_deit(files.config, files.config_path, files.weights); }},
    {"dinov2", "Bit",
     [](const ModelFiles& files) { return read_dinov2(files.config, files.config_path, files.weights); }},
    {"dinov2_with_registers", "Bit",
     [](const ModelFiles& files) {
       return read_dinov2_with_registers(files.config, files.config_path, files.weights);
     }},
    {"clip_vision_model", "CLIP",
     [](const ModelFiles& files) { return read_clip_vision(files.config, files.config_path, files.weights); }},
    {"clip", "CLIP",
     [](const ModelFiles& files) { return read_clip_vision(files.config, files.config_path, files.weights); }},
};

template <typename Table>
const auto* find_model(const Table& table, std::string_view model_type) {
  const auto found = std::find_if(std::begin(table), std::end(table),
                                  [&](const auto& model) { return model.model_type == model_type; });
  return found == std::end(table) ? nullptr : &*found;
}

template <typename Table>
std::string names_in(const Table& table) {
  std::string names;
  for (const auto& model : table) names += (names.empty() ? "" : ", ") + std::string(model.model_type);
  return names;
}

/// Finds config.json and the weights, in one file or, with an index, in several, and reads the
/// first.
ModelFiles open_files(const Path& folder, Compute compute = {}) {
  const std::filesystem::file_status status = std::filesystem::status(folder);
  if (!std::filesystem::exists(status)) throw FileError(folder, "a folder with an encoder", "nothing of that name");
  if (!std::filesystem::is_directory(status)) throw FileError(folder, "a folder with an encoder", "a file");
  ModelFiles files{.config = {},
                   .config_path = folder / kConfig,
                   .weights = {folder / kWeights, compute},
                   .model_type = {},
                   .segments = {}};
  if (!std::filesystem::exists(files.config_path)) {
    throw FileError(folder, "a folder with an encoder and its config.json", "no config.json");
  }
  const bool one_file = std::filesystem::exists(files.weights.path);
  if (!one_file && std::filesystem::exists(folder / kWeightIndex)) files.weights.path = folder / kWeightIndex;
  files.config = read_json(files.config_path);
  files.model_type = json_field<std::string>(files.config, "model_type", files.config_path);
  return files;
}

/// Called after the model type is known to be supported, so that an unsupported type is reported
/// first.
void check_weights(const Path& folder, const Path& weights) {
  if (std::filesystem::exists(weights)) return;
  const char* found = "none";
  if (std::filesystem::exists(folder / "pytorch_model.bin"))
    found = "only pytorch_model.bin, a pickle, which could run code";
  throw FileError(folder, "weights in model.safetensors", found);
}

/// Without this check, pictures of another size would fail one batch later, with a less helpful
/// message.
void check_prepared_size(const ImageTower& tower, const Path& preprocessor) {
  if (tower.prep.crop_height == 0 && tower.prep.resize != ResizeRule::kExact) {
    throw FileError(preprocessor, "a crop or an exact resize, so that all pictures are of one size", "neither");
  }
  const PreparedSize size = prepared_size(tower.prep);
  if (tower.encoder->takes_size(size.height, size.width)) return;
  throw FileError(preprocessor, "pictures of " + tower.encoder->sizes_taken() + " pixels, as config.json has them",
                  std::to_string(size.height) + " x " + std::to_string(size.width));
}

/// The fields of config.json in which earlier versions did not follow transformers.
void add_rules_of_config(const ModelFiles& files, std::vector<std::string>& rules) {
  if (files.model_type == "mpnet" && files.config.value("relative_attention_num_buckets", Json(32)) != 32) {
    rules.emplace_back("32 buckets");
  }
}

}  // namespace

TextTower open_text_tower(const Path& folder, Compute compute) {
  ModelFiles files = open_files(folder, compute);
  const TextModel* model = find_model(kTextModels, files.model_type);
  if (model == nullptr) {
    const bool image = find_model(kImageModels, files.model_type) != nullptr;
    throw FileError(files.config_path, "a text encoder, whose \"model_type\" is one of: " + names_in(kTextModels),
                    "\"" + files.model_type + "\"" + (image ? ", an image encoder" : ""));
  }
  check_weights(folder, files.weights.path);
  files.config = model->fields(files.config, files.config_path);
  OpenedTokenizer opened = model->open_tokenizer(folder);
  const auto vocab_size = json_field<std::int64_t>(files.config, "vocab_size", files.config_path);
  if (opened.tokenizer->vocabulary_size() > vocab_size) {
    throw FileError(
        files.config_path,
        "\"vocab_size\" to cover the tokenizer's " + std::to_string(opened.tokenizer->vocabulary_size()) + " ids",
        std::to_string(vocab_size));
  }
  files.segments = opened.segments;
  TextTower tower{.encoder = model->read(files),
                  .tokenizer = std::move(opened.tokenizer),
                  .max_tokens = 0,
                  .model_type = files.model_type,
                  .fingerprint = {},
                  .compute = compute,
                  .folder = folder,
                  .files = {kConfig},
                  .rules = {}};
  tower.max_tokens = tower.encoder->max_tokens();
  if (opened.max_tokens && *opened.max_tokens < tower.max_tokens) {
    tower.max_tokens = *opened.max_tokens;
    opened.rules.push_back("at most " + std::to_string(tower.max_tokens) + " tokens");
  }
  if (opened.segments.largest() > 0) opened.rules.emplace_back("segments");
  add_rules_of_config(files, opened.rules);
  const std::vector<std::string> weights = weight_files(files.weights.path);
  tower.files.insert(tower.files.end(), weights.begin(), weights.end());
  tower.files.insert(tower.files.end(), opened.files.begin(), opened.files.end());
  tower.rules = opened.rules;
  tower.fingerprint = encoder_fingerprint(folder, tower.files, compute.precision, tower.rules);
  return tower;
}

ImageTower open_image_tower(const Path& folder, Compute compute) {
  const ModelFiles files = open_files(folder, compute);
  const ImageModel* model = find_model(kImageModels, files.model_type);
  if (model == nullptr) {
    const bool text = find_model(kTextModels, files.model_type) != nullptr;
    throw FileError(files.config_path, "an image encoder, whose \"model_type\" is one of: " + names_in(kImageModels),
                    "\"" + files.model_type + "\"" + (text ? ", a text encoder" : ""));
  }
  check_weights(folder, files.weights.path);
  if (!std::filesystem::exists(folder / kPreprocessor)) {
    throw FileError(folder, "an image encoder with its preprocessor_config.json", "no preprocessor_config.json");
  }
  std::vector<std::string> names = weight_files(files.weights.path);
  names.insert(names.begin(), kConfig);
  names.push_back(kPreprocessor);
  const auto processor =
      json_field_or<std::string>(files.config, "image_processor_type", model->processor, files.config_path);
  ImageTower tower{.encoder = model->read(files),
                   .prep = read_image_prep(folder / kPreprocessor, processor),
                   .model_type = files.model_type,
                   .fingerprint = {},
                   .compute = compute,
                   .folder = folder,
                   .files = names,
                   .rules = {}};
  std::vector<std::string>& rules = tower.rules;
  if (tower.prep.crop_rounding == CropRounding::kDownFast && tower.prep.crop_height > 0)
    rules.emplace_back("fast crop rounded down");
  if (files.config.value("vision_config_dict", Json()).is_object()) rules.emplace_back("vision_config_dict");
  tower.fingerprint = encoder_fingerprint(folder, names, compute.precision, rules);
  check_prepared_size(tower, folder / kPreprocessor);
  return tower;
}

ModelKind model_kind(const Path& folder) {
  const ModelFiles files = open_files(folder);
  const ModelKind kind{.text = find_model(kTextModels, files.model_type) != nullptr,
                       .image = find_model(kImageModels, files.model_type) != nullptr};
  if (!kind.text && !kind.image) {
    throw FileError(files.config_path,
                    "a \"model_type\" that is one of: " + names_in(kTextModels) + ", " + names_in(kImageModels),
                    "\"" + files.model_type + "\"");
  }
  check_weights(folder, files.weights.path);
  return kind;
}

}  // namespace tandem

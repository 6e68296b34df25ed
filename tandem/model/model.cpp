#include "tandem/model/model.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/features/encode_texts.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

Json encoder_list(const std::vector<EncoderRecord>& records) {
  Json list = Json::array();
  for (const EncoderRecord& record : records) {
    list.push_back({{"model_type", record.model_type},
                    {"name", record.folder.filename().string()},
                    {"views", record.views},
                    {"dtype", precision_name(record.precision)},
                    {"fingerprint", record.fingerprint}});
  }
  return list;
}

void check_texts(const std::vector<std::string>& texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    TORCH_CHECK_VALUE(is_utf8(texts[i]), "embed_texts: texts must be UTF-8, got \"", printable(texts[i]), "\" as text ",
                      i);
  }
}

}  // namespace

struct Model::State {
  std::filesystem::path folder;
  Run run;
  ModelOptions options;
  std::once_flag texts_opened, images_opened;
  std::vector<TextSource> text_encoders;
  std::vector<ImageSource> image_encoders;
  std::mutex correction_mutex;
  std::map<std::string, std::optional<ChosenCorrection>> corrections;  ///< by what was wanted
};

Model::Model(std::unique_ptr<State> state) : state_(std::move(state)) {}
Model::~Model() = default;
Model::Model(Model&& other) noexcept = default;
Model& Model::operator=(Model&& other) noexcept = default;

Model Model::open(const std::filesystem::path& folder, const ModelOptions& options) {
  return Model(std::unique_ptr<State>(new State{.folder = folder, .run = open_run(folder), .options = options}));
}

const std::filesystem::path& Model::folder() const { return state_->folder; }
const Run& Model::run() const { return state_->run; }

std::string Model::fingerprint() const {
  Checksum checksum;
  checksum.add_field(SafetensorsFile::open(folder() / kHeadsName).checksum().value_or(""));
  checksum.add_field(encoding_fingerprint(run().image_encoders, run().text_encoders));
  checksum.add_field(Json(run().image_heads.weights()).dump());
  return checksum.text();
}

const std::vector<TextSource>& Model::text_encoders() const {
  std::call_once(state_->texts_opened, [this] {
    state_->text_encoders = open_text_sources(state_->folder, state_->run, state_->options.device);
  });
  return state_->text_encoders;
}

const std::vector<ImageSource>& Model::image_encoders() const {
  std::call_once(state_->images_opened, [this] {
    state_->image_encoders = open_image_sources(state_->folder, state_->run, state_->options.device);
  });
  return state_->image_encoders;
}

Json Model::describe() const {
  const Run& opened = run();
  const std::optional<ChosenCorrection> hubs = correction();
  Json members = Json::array();
  for (const RunMember& member : members_of(opened)) {
    Json one = {{"logit_scale", member.logit_scale}};
    one["seed"] = member.cca ? Json() : Json(member.options.seed);
    one["cca"] = member.cca ? to_json(*member.cca) : Json();
    members.push_back(std::move(one));
  }
  return {{"data", opened.data_name},
          {"embedding_width", embedding_width()},
          {"logit_scale", opened.logit_scale},
          {"temperature", 1 / opened.logit_scale},
          {"dev_mean_recall", opened.dev_recall ? Json(*opened.dev_recall) : Json()},
          {"image_encoders", encoder_list(opened.image_encoders)},
          {"text_encoders", encoder_list(opened.text_encoders)},
          {"members", members},
          {"correction", hubs ? Json(correction_name(hubs->method)) : Json()}};
}

at::Tensor Model::embed_texts(const std::vector<std::string>& texts, const Progress& progress) const {
  check_texts(texts);
  return embed_text_features(encode_texts(text_encoders(), texts, state_->options.threads, progress));
}

at::Tensor Model::embed_all_readable(const PictureInput& pictures, const Progress& progress) const {
  const EmbeddedItems embedded = embed_readable(pictures, progress);
  if (!embedded.unreadable.empty()) {
    const UnreadableImage& first = embedded.unreadable.front();
    throw FileError(pictures.name(first.index), "a picture that can be read", first.reason);
  }
  return embedded.embeddings;
}

at::Tensor Model::embed_pictures(const std::vector<std::filesystem::path>& files, const Progress& progress) const {
  return embed_all_readable({.count = static_cast<std::int64_t>(files.size()),
                             .read = [&](std::int64_t i) { return read_image(files[i]); },
                             .name = [&](std::int64_t i) { return files[i].string(); }},
                            progress);
}

at::Tensor Model::embed_picture_bytes(const std::vector<PictureBytes>& pictures, const Progress& progress) const {
  return embed_all_readable({.count = static_cast<std::int64_t>(pictures.size()),
                             .read = [&](std::int64_t i) { return decode_image(pictures[i].bytes, pictures[i].name); },
                             .name = [&](std::int64_t i) { return pictures[i].name; }},
                            progress);
}

at::Tensor Model::embed_pixels(const std::vector<RgbImage>& pictures, const Progress& progress) const {
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const RgbImage& picture = pictures[i];
    TORCH_CHECK_VALUE(picture.height > 0 && picture.width > 0 &&
                          picture.pixels.size() == static_cast<std::size_t>(picture.height * picture.width * 3),
                      "embed_pixels: pixels must be [height, width, 3], got ", picture.pixels.size(),
                      " values for a height of ", picture.height, " and a width of ", picture.width, " in picture ", i);
  }
  return embed_all_readable({.count = static_cast<std::int64_t>(pictures.size()),
                             .read = [&](std::int64_t i) { return pictures[i]; },
                             .name = [](std::int64_t i) { return "picture " + std::to_string(i); }},
                            progress);
}

EmbeddedItems Model::embed_readable(const PictureInput& pictures, const Progress& progress) const {
  EncodedImages encoded = encode_images(image_encoders(), pictures, state_->options.threads, progress);
  return {.embeddings = embed_image_features(encoded.features),
          .rows = std::move(encoded.rows),
          .unreadable = std::move(encoded.unreadable)};
}

at::Tensor Model::embed_image_features(const at::Tensor& features) const {
  return embed_all(run().image_heads, features);
}

at::Tensor Model::embed_text_features(const at::Tensor& features) const {
  return embed_all(run().text_heads, features);
}

std::filesystem::path Model::features_place(const std::filesystem::path& features) const {
  const std::filesystem::path& of_training = run().features_folder;
  if (features.empty() && !std::filesystem::exists(of_training)) {
    throw FileError(folder(),
                    "the features it was trained on in " + of_training.string() + " (--features names another place)",
                    "none");
  }
  return features.empty() ? of_training : features;
}

FeatureStore Model::open_features(const std::filesystem::path& features) const {
  FeatureStore store = FeatureStore::open(features_place(features));
  check_same_encoders(run(), store.manifest(), store.folder());
  return store;
}

SplitFeatures Model::split(const std::filesystem::path& features, const std::string& split) const {
  FeatureStore store = open_features(features);
  PairedFeatures pairs = split_pairs(store, split);
  return {.run = run(), .store = std::move(store), .pairs = std::move(pairs)};
}

EmbeddedSplit Model::embed(const std::filesystem::path& features, const std::string& split) const {
  SplitFeatures opened = this->split(features, split);
  at::Tensor image = embed_image_features(opened.pairs.image);
  at::Tensor text = embed_text_features(opened.pairs.text);
  return {.run = std::move(opened.run),
          .store = std::move(opened.store),
          .pairs = std::move(opened.pairs),
          .image = std::move(image),
          .text = std::move(text)};
}

std::optional<ChosenCorrection> Model::correction(const std::string& wanted) const {
  const std::lock_guard lock(state_->correction_mutex);
  const auto known = state_->corrections.find(wanted);
  if (known != state_->corrections.end()) return known->second;
  return state_->corrections.emplace(wanted, chosen_correction(state_->folder, wanted)).first->second;
}

at::Tensor Model::embed_query(const Gallery& gallery, const SearchQuery& query) const {
  const int ways = !query.words.empty() + !query.picture.empty() + !query.id.empty();
  TORCH_CHECK_VALUE(ways == 1, "search: either words or a picture or an id is needed, got ",
                    ways == 0 ? "none of them" : "several");
  TORCH_CHECK_VALUE(is_utf8(query.words), "search: the words must be UTF-8, got \"", printable(query.words), "\"");
  if (!query.words.empty()) return embed_texts({query.words});
  if (!query.picture.empty()) return embed_pictures(std::vector{query.picture});
  if (const auto kept = embedding_of(gallery, query.id)) return *kept;
  if (gallery.features.empty()) throw FileError(gallery.name, "a picture with the id \"" + query.id + "\"", "none");
  return embed_image_features(image_features_of(open_features(gallery.features), query.id));
}

SearchAnswer Model::search(const Gallery& gallery, const SearchQuery& query, std::int64_t k) const {
  return nearest_in(gallery, embed_query(gallery, query), query, k);
}

}  // namespace tandem

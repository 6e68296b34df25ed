#include "tandem/model/gallery.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/data/split_choice.h"
#include "tandem/features/encoding_plan.h"
#include "tandem/model/model.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr const char* kNoCaptions = "pictures alone";

std::string checksum_of_fields(const std::vector<std::string>& fields) {
  Checksum checksum;
  for (const std::string& field : fields) checksum.add_field(field);
  return checksum.text();
}

/// RUN/galleries/pictures-0123456789ab.safetensors: one file for each place that is searched.
std::filesystem::path kept_file(const Model& model, const GalleryOptions& options, const std::string& side,
                                const std::string& place) {
  if (!options.keep) return {};
  return model.folder() / kGalleriesName / (side + "-" + checksum_of(place).substr(0, 12) + ".safetensors");
}

Progress side_stage(const GalleryOptions& options, const std::string& side) {
  return begin_stage(options.stages, "embedding", side);
}

void check_finite_rows(const at::Tensor& rows, const std::string& name, const std::string& side) {
  if (at::isfinite(rows).all().item<bool>()) return;
  throw FileError(name, "finite features", "NaN or infinity in those of its " + side);
}

void refuse_missing_captions(const FeatureManifest& list, const std::string& name) {
  if (list.captions.empty()) throw FileError(name, "captions to search in", kNoCaptions);
}

/// One side of a store, from its features unless the embeddings are kept.
KeptRows rows_of_store(const Model& model, const Gallery& gallery, const GalleryOptions& options,
                       const std::string& side, const std::string& split, const std::vector<std::int64_t>& rows) {
  const std::string place = std::filesystem::weakly_canonical(gallery.features).string();
  const bool pictures = side == "pictures";
  const auto embed = [&](const std::vector<std::int64_t>&, const Progress&) {
    const FeatureStore store = model.open_features(gallery.features);
    EmbeddedItems all;
    all.embeddings = pictures ? model.embed_image_features(store.image_rows(rows))
                              : model.embed_text_features(store.text_rows(rows));
    check_finite_rows(all.embeddings, gallery.name, side);
    for (std::size_t i = 0; i < rows.size(); ++i) all.rows.push_back(static_cast<std::int64_t>(i));
    return all;
  };
  const MappedFile manifest(gallery.features / kManifestName);
  return keep_rows({.file = kept_file(model, options, side, checksum_of_fields({place, split})),
                    .maker = model.fingerprint(),
                    .plan = checksum_of_fields({std::string(checksum_of(manifest.bytes())), split, side}),
                    .count = static_cast<std::int64_t>(rows.size()),
                    .keys = {},
                    .embed = embed},
                   side_stage(options, side), options.notice);
}

/// Biases of one side, if the run corrects.
std::optional<at::Tensor> biases_of(const Model& model, const KeptRows& rows, const std::string& side,
                                    const std::filesystem::path& file, const GalleryOptions& options) {
  const std::optional<ChosenCorrection> chosen = model.correction(options.correction);
  if (!chosen) return std::nullopt;
  const auto compute = [&] {
    return side == "pictures" ? image_biases(*chosen, rows.embeddings) : text_biases(*chosen, rows.embeddings);
  };
  return keep_biases(file, rows, chosen->fingerprint, compute, options.notice);
}

GallerySide side_of_store(const Model& model, const Gallery& gallery, const GalleryOptions& options,
                          const std::string& side, const std::string& split, std::vector<std::int64_t> rows) {
  const KeptRows kept = rows_of_store(model, gallery, options, side, split, rows);
  const std::string place = std::filesystem::weakly_canonical(gallery.features).string();
  return {.embeddings = kept.embeddings,
          .in_list = std::move(rows),
          .bias = biases_of(model, kept, side, kept_file(model, options, side, checksum_of_fields({place, split})),
                            options)};
}

/// Pictures and captions of a data set as a list like that of a store.
FeatureManifest list_of(const CaptionSet& data) {
  FeatureManifest list;
  list.data_name = data.name;
  for (const CaptionedImage& image : data.images) {
    for (const std::string& caption : image.captions) {
      list.captions.push_back(caption);
      list.image_of_caption.push_back(static_cast<std::int64_t>(list.image_ids.size()));
    }
    list.image_ids.push_back(image.id);
    list.pictures.push_back(image.picture);
    list.image_splits.push_back(image.split);
    list.image_labels.push_back(image.label);
  }
  return list;
}

KeptRows rows_of_data(const Model& model, const Gallery& gallery, const GalleryOptions& options,
                      const std::string& side, const std::filesystem::path& file) {
  const FeatureManifest& list = gallery.list;
  RowsToKeep wanted{.file = file, .maker = model.fingerprint()};
  if (side == "pictures") {
    for (const PictureSource& picture : list.pictures) wanted.keys.push_back(picture_key(picture));
    wanted.embed = [&](const std::vector<std::int64_t>& items, const Progress& progress) {
      return model.embed_readable({.count = static_cast<std::int64_t>(items.size()),
                                   .read = [&](std::int64_t i) { return read_picture(list.pictures[items[i]]); },
                                   .name = [&](std::int64_t i) { return source_name(list.pictures[items[i]]); }},
                                  progress);
    };
  } else {
    for (const std::string& caption : list.captions) wanted.keys.push_back(checksum_of(caption));
    wanted.embed = [&](const std::vector<std::int64_t>& items, const Progress& progress) {
      std::vector<std::string> texts;
      EmbeddedItems all;
      for (std::size_t i = 0; i < items.size(); ++i) {
        texts.push_back(list.captions[items[i]]);
        all.rows.push_back(static_cast<std::int64_t>(i));
      }
      all.embeddings = model.embed_texts(texts, progress);
      return all;
    };
  }
  wanted.count = static_cast<std::int64_t>(wanted.keys.size());
  wanted.plan = checksum_of_fields(wanted.keys);
  return keep_rows(wanted, side_stage(options, side), options.notice);
}

/// Where galleries of a data set are kept: by its absolute place, so that two folders of the same
/// name do not replace each other's.
std::string place_of(const CaptionSet& data, const std::string& name) {
  const std::size_t colon = name.find(':');
  const std::string path = colon == std::string::npos ? name : name.substr(colon + 1);
  std::error_code ignored;
  return checksum_of_fields({data.name, std::filesystem::absolute(path, ignored).lexically_normal().string()});
}

}  // namespace

Gallery open_gallery(const Model& model, const std::filesystem::path& features, const std::string& split,
                     const GalleryOptions& options) {
  Gallery gallery;
  gallery.features = model.features_place(features);
  gallery.name = gallery.features.string();
  gallery.list = read_manifest(gallery.features);
  check_same_encoders(model.run(), gallery.list, gallery.features);
  if (options.captions) refuse_missing_captions(gallery.list, gallery.name);
  const std::vector<std::int64_t> pictures = picture_rows(gallery.list, split_choice(split), gallery.features);
  if (options.pictures) gallery.pictures = side_of_store(model, gallery, options, "pictures", split, pictures);
  if (options.captions)
    gallery.captions = side_of_store(model, gallery, options, "captions", split, caption_rows(gallery.list, pictures));
  if (const auto chosen = model.correction(options.correction)) gallery.correction = chosen->method;
  return gallery;
}

Gallery embed_gallery(const Model& model, const CaptionSet& data, const std::string& name,
                      const GalleryOptions& options) {
  Gallery gallery{.name = name, .features = {}, .list = list_of(data)};
  if (options.captions) refuse_missing_captions(gallery.list, name);
  const auto side_of = [&](const std::string& side) {
    const std::filesystem::path file = kept_file(model, options, side, place_of(data, name));
    const KeptRows kept = rows_of_data(model, gallery, options, side, file);
    for (const UnreadableImage& one : kept.unreadable)
      gallery.skipped.push_back({.id = gallery.list.image_ids[one.index], .reason = one.reason});
    if (kept.items.empty())
      throw FileError(name, "a picture that can be read", "none; the first: " + gallery.skipped.front().reason);
    return GallerySide{
        .embeddings = kept.embeddings, .in_list = kept.items, .bias = biases_of(model, kept, side, file, options)};
  };
  if (options.pictures) gallery.pictures = side_of("pictures");
  if (options.captions) gallery.captions = side_of("captions");
  if (const auto chosen = model.correction(options.correction)) gallery.correction = chosen->method;
  return gallery;
}

std::optional<at::Tensor> embedding_of(const Gallery& gallery, const std::string& id) {
  if (!gallery.pictures) return std::nullopt;
  const std::vector<std::string>& ids = gallery.list.image_ids;
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) return std::nullopt;
  const std::vector<std::int64_t>& rows = gallery.pictures->in_list;
  const auto row = std::lower_bound(rows.begin(), rows.end(), found - ids.begin());
  if (row == rows.end() || *row != found - ids.begin()) return std::nullopt;
  return gallery.pictures->embeddings.narrow(0, row - rows.begin(), 1);
}

}  // namespace tandem

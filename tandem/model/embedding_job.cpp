#include "tandem/model/embedding_job.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/isfinite.h>

#include <memory>
#include <numeric>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/data/split_choice.h"
#include "tandem/features/encoding_plan.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/output_lock.h"

namespace tandem {
namespace {

constexpr std::int64_t kTextsOfPart = 1024, kPicturesOfPart = 256, kRowsOfPart = 16384;

std::string plan_of_items(const std::string& kind, const std::vector<std::string>& fields) {
  Checksum plan;
  plan.add_field("embedding of " + kind);
  for (const std::string& field : fields) plan.add_field(field);
  return plan.text();
}

/// All of a stretch, if nothing in it can fail alone.
EmbeddedItems complete(at::Tensor embeddings) {
  EmbeddedItems all{.embeddings = std::move(embeddings), .rows = {}, .unreadable = {}};
  all.rows.resize(static_cast<std::size_t>(all.embeddings.size(0)));
  std::iota(all.rows.begin(), all.rows.end(), 0);
  return all;
}

void refuse_existing(const EmbeddingJobOptions& options, const std::string& plan) {
  const std::string found = plan_of_parts(parts_of(options.out));
  if (found == plan || options.overwrite) return;
  if (!found.empty()) {
    throw FileError(parts_of(options.out), "parts by the same model of the same items (--overwrite begins anew)",
                    "parts of other work that was interrupted");
  }
  for (const std::filesystem::path& file : embedding_files(options.out)) {
    if (std::filesystem::exists(file)) throw FileError(file, "no such file yet (--overwrite replaces it)", "one");
  }
}

void refuse_unreadable(const EmbeddingItems& items, const std::vector<UnreadableImage>& unreadable,
                       std::int64_t begin) {
  if (unreadable.empty()) return;
  const UnreadableImage& first = unreadable.front();
  throw FileError(items.ids[begin + first.index], "a picture that can be read (--strict)", first.reason);
}

EmbeddingList listed(const EmbeddingItems& items, const EmbeddedItems& embedded) {
  EmbeddingList list{.embeddings = embedded.embeddings, .ids = {}};
  for (const std::int64_t row : embedded.rows) {
    list.ids.push_back(items.ids[row]);
    if (!items.texts.empty()) list.texts.push_back(items.texts[row]);
  }
  for (const UnreadableImage& one : embedded.unreadable)
    list.skipped.push_back({.id = items.ids[one.index], .reason = one.reason});
  return list;
}

}  // namespace

EmbeddingItems text_items(const Model& model, TextLines lines) {
  EmbeddingItems items{.kind = "texts", .ids = {}, .texts = std::move(lines.texts), .items_per_part = kTextsOfPart};
  for (const std::int64_t number : lines.numbers) items.ids.push_back(std::to_string(number));
  std::vector<std::string> fields = items.ids;
  fields.insert(fields.end(), items.texts.begin(), items.texts.end());
  items.plan = plan_of_items(items.kind, fields);
  items.embed = [&model, texts = items.texts](std::int64_t begin, std::int64_t end, const Progress& progress) {
    return complete(model.embed_texts({texts.begin() + begin, texts.begin() + end}, progress));
  };
  return items;
}

EmbeddingItems picture_items(const Model& model, const CaptionSet& data) {
  EmbeddingItems items{.kind = "pictures", .ids = {}, .items_per_part = kPicturesOfPart};
  std::vector<PictureSource> pictures;
  std::vector<std::string> fields;
  for (const CaptionedImage& image : data.images) {
    items.ids.push_back(image.id);
    pictures.push_back(image.picture);
    fields.push_back(image.id);
    fields.push_back(picture_key(image.picture));
  }
  items.plan = plan_of_items(items.kind, fields);
  items.embed = [&model, pictures](std::int64_t begin, std::int64_t end, const Progress& progress) {
    return model.embed_readable({.count = end - begin,
                                 .read = [&](std::int64_t i) { return read_picture(pictures[begin + i]); },
                                 .name = [&](std::int64_t i) { return source_name(pictures[begin + i]); }},
                                progress);
  };
  return items;
}

EmbeddingItems feature_items(const Model& model, const std::filesystem::path& features, const std::string& split,
                             SearchKind side) {
  const auto store = std::make_shared<const FeatureStore>(model.open_features(features));
  const FeatureManifest& manifest = store->manifest();
  const bool pictures = side == SearchKind::kPictures;
  std::vector<std::int64_t> rows = picture_rows(manifest, split_choice(split), store->folder());
  if (!pictures) rows = caption_rows(manifest, rows);
  if (rows.empty()) throw FileError(store->folder(), "captions", "pictures alone");
  EmbeddingItems items{.kind = pictures ? "pictures" : "captions", .ids = {}, .items_per_part = kRowsOfPart};
  std::vector<std::string> fields;
  for (const FeatureShard& shard : pictures ? manifest.image_shards : manifest.text_shards)
    fields.push_back(shard.checksum);
  for (const std::int64_t row : rows) {
    items.ids.push_back(pictures ? manifest.image_ids[row] : std::to_string(row));
    if (!pictures) items.texts.push_back(manifest.captions[row]);
    fields.push_back(items.ids.back());
  }
  items.plan = plan_of_items("stored " + items.kind, fields);
  items.embed = [&model, store, rows, pictures](std::int64_t begin, std::int64_t end, const Progress&) {
    const std::vector<std::int64_t> part(rows.begin() + begin, rows.begin() + end);
    const at::Tensor embedded = pictures ? model.embed_image_features(store->image_rows(part))
                                         : model.embed_text_features(store->text_rows(part));
    if (!at::isfinite(embedded).all().item<bool>())
      throw FileError(store->folder(), "finite features", "NaN or infinity");
    return complete(embedded);
  };
  return items;
}

std::filesystem::path parts_of(const std::filesystem::path& out) { return out.string() + ".part"; }

EmbeddingList embed_to_file(const Model& model, const EmbeddingItems& items, const EmbeddingJobOptions& options) {
  check_embedding_path(options.out, options.type);
  if (items.ids.empty()) throw FileError(options.out, items.kind + " to embed", "none");
  const OutputLock lock(options.out);
  Checksum plan;
  plan.add_field(model.fingerprint()).add_field(items.plan);
  refuse_existing(options, plan.text());
  const std::filesystem::path parts = parts_of(options.out);
  if (plan_of_parts(parts) != plan.text()) std::filesystem::remove_all(parts);
  remove_stale_temporaries(options.out);
  const auto embed = [&](std::int64_t begin, std::int64_t end, const Progress& progress) {
    EmbeddedItems made = items.embed(begin, end, progress);
    if (options.strict) refuse_unreadable(items, made.unreadable, begin);
    return made;
  };
  const EmbeddedItems embedded = embed_in_parts(static_cast<std::int64_t>(items.ids.size()), embed,
                                                {.folder = parts,
                                                 .plan = plan.text(),
                                                 .items_per_part = items.items_per_part,
                                                 .progress = begin_stage(options.stages, "embedding", items.kind)});
  if (options.strict) refuse_unreadable(items, embedded.unreadable, 0);
  if (embedded.rows.empty()) {
    throw FileError(
        options.out, "a picture that can be read",
        "none of " + std::to_string(items.ids.size()) + "; the first: " + embedded.unreadable.front().reason);
  }
  EmbeddingList list = listed(items, embedded);
  write_embeddings(options.out, list, options.type);
  std::filesystem::remove_all(parts);
  return list;
}

}  // namespace tandem

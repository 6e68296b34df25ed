#include "tandem/reports/map_of_split.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/evaluation/audit_verdicts.h"
#include "tandem/features/picture_subset.h"
#include "tandem/figures/joint_map.h"
#include "tandem/model/gallery.h"
#include "tandem/model/model.h"
#include "tandem/reports/atlas.h"
#include "tandem/reports/joint_projection_report.h"
#include "tandem/reports/saved_map.h"
#include "tandem/storage/staged_files.h"

namespace tandem {
namespace {

/// Draws the map every `tsne.watch_every` steps into a file: frame-0000.png, frame-0050.png, ...
void draw_frames(const std::filesystem::path& folder, const std::vector<std::int64_t>& image_of_text,
                 std::int64_t images, TsneOptions& tsne) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw FileError(folder, "a folder for frames, or a place for one", failure.message());
  tsne.watch = [=](int iterations, const at::Tensor& points) {
    const std::string number = std::to_string(iterations);
    draw_joint_map(folder / ("frame-" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + ".png"),
                   {.image_points = points.narrow(0, 0, images),
                    .text_points = points.narrow(0, images, points.size(0) - images),
                    .image_of_text = image_of_text,
                    .title = "t-SNE, step " + number,
                    .note = ""});
  };
}

/// What stands on the map, embedded by the run.
struct ShownPairs {
  FeatureManifest manifest;    ///< of the store or of the data
  PairedFeatures pairs;        ///< of data: without features
  std::int64_t of_images = 0;  ///< pictures there are, shown or not
  at::Tensor image, text;
  std::vector<std::int64_t> image_of_text;

  bool alone() const { return text.size(0) == 0; }
};

/// The pictures of a data set, embedded once.
ShownPairs shown_data(const Model& model, const SplitMapOptions& options, const Stages& stages) {
  Gallery gallery = embed_gallery(model, *options.data, options.data_name,
                                  {.captions = false, .correction = "none", .stages = stages});
  const std::int64_t count = gallery.pictures->embeddings.size(0);
  const std::int64_t kept = std::min(count, options.limit);
  ShownPairs shown{.manifest = std::move(gallery.list), .pairs = {}, .of_images = count};
  shown.image = gallery.pictures->embeddings.narrow(0, 0, kept).to(at::kFloat);
  shown.text = at::empty({0, shown.image.size(1)}, at::kFloat);
  shown.pairs.image_in_store.assign(gallery.pictures->in_list.begin(), gallery.pictures->in_list.begin() + kept);
  shown.pairs.image_of_text = at::empty({0}, at::kLong);
  return shown;
}

/// The first pictures of the split, or of a gallery, which has no splits.
ShownPairs shown_split(const Model& model, const SplitMapOptions& options) {
  FeatureStore store = model.open_features(options.features);
  if (!options.pictures.empty()) store.move_pictures(options.pictures);
  const PairedFeatures pairs =
      store.manifest().captions.empty() ? select_gallery(store) : split_pairs(store, options.split);
  ShownPairs shown{
      .manifest = store.manifest(), .pairs = first_pictures(pairs, options.limit), .of_images = pairs.image.size(0)};
  shown.image = model.embed_image_features(shown.pairs.image);
  shown.text = shown.pairs.text.size(0) > 0 ? model.embed_text_features(shown.pairs.text)
                                            : at::empty({0, shown.image.size(1)}, at::kFloat);
  const auto partner = shown.pairs.image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < partner.size(0); ++j) shown.image_of_text.push_back(partner[j]);
  return shown;
}

/// A new map of both sides, or the saved one with these placed on it.
JointProjection lay_out(const ShownPairs& shown, const SplitMapOptions& options, StagedFiles& files,
                        const Stages& stages) {
  JointProjectionOptions projection = options.projection;
  if (!options.onto.empty()) {
    const JointProjection saved = read_saved_map(options.onto);
    if (saved.rows.size(1) != shown.image.size(1)) {
      throw FileError(options.onto, "a map of rows " + std::to_string(shown.image.size(1)) + " wide, as the run's",
                      std::to_string(saved.rows.size(1)));
    }
    projection.tsne.progress = begin_stage(stages, "placing", "points");
    return place_jointly(saved, shown.image, shown.text, shown.pairs.image_of_text, projection);
  }
  if (projection.method == MapMethod::kTsne) projection.tsne.progress = begin_stage(stages, "t-SNE", "iterations");
  if (!options.frames.empty()) draw_frames(options.frames, shown.image_of_text, shown.image.size(0), projection.tsne);
  const JointProjection made = project_jointly(shown.image, shown.text, shown.pairs.image_of_text, projection);
  if (!options.save.empty()) write_saved_map(files.stage(options.save), made, projection);
  return made;
}

JointMap titled(const JointProjection& layout, const ShownPairs& shown) {
  const std::string title =
      shown.manifest.data_name + (shown.alone() ? ": pictures alone" : ": pictures and captions in one space");
  return {.image_points = layout.image_points(),
          .text_points = layout.text_points(),
          .image_of_text = shown.image_of_text,
          .title = layout.gap_closed ? title + ", gap closed" : title,
          .note = ""};
}

std::string map_note(const JointProjection& layout, const ShownPairs& shown, const SplitMapOptions& options) {
  const std::string of_all = layout.images < shown.of_images ? " of " + with_thousands(shown.of_images) : "";
  const std::string pictures = with_thousands(layout.images) + of_all + " pictures";
  const std::string what = shown.alone() ? pictures
                                         : "split " + options.split + ", " + pictures + ", " +
                                               with_thousands(shown.text.size(0)) + " captions";
  const std::string quality = quality_words(layout);
  return what + "; " + method_words(layout, options.projection) + (quality.empty() ? "" : "; " + quality);
}

}  // namespace

void check_map_endings(const std::vector<std::filesystem::path>& out) {
  for (const std::filesystem::path& file : out) {
    const std::string ending = file.extension().string();
    if (ending != ".png" && ending != ".svg" && ending != ".pdf" && ending != ".html") {
      throw FileError(file, "a name that ends in .png, .svg, .pdf or .html", "\"" + ending + "\"");
    }
  }
}

SplitMap draw_map_of_split(const std::filesystem::path& run, const std::vector<std::filesystem::path>& out,
                           const SplitMapOptions& options, const Stages& stages) {
  check_map_endings(out);
  const Model model = Model::open(run);
  const ShownPairs shown = options.data ? shown_data(model, options, stages) : shown_split(model, options);
  const FeatureManifest& manifest = shown.manifest;
  const std::vector<std::string> verdicts =
      options.verdicts.empty() ? std::vector<std::string>{} : read_verdicts(options.verdicts, manifest, shown.pairs);
  StagedFiles files;  // All of them appear at the end, or none.
  const JointProjection layout = lay_out(shown, options, files, stages);
  JointMap map = titled(layout, shown);
  map.note = map_note(layout, shown, options);
  map.short_note = short_map_words(layout, options.projection, options.split);
  for (const std::filesystem::path& file : out) {
    if (file.extension() == ".html") {
      write_atlas_page(files.stage(file), make_atlas(map,
                                                     {.manifest = manifest,
                                                      .shown = shown.pairs,
                                                      .image = shown.image,
                                                      .text = shown.text,
                                                      .caption_verdicts = verdicts},
                                                     stages));
    } else {
      draw_joint_map(files.stage(file), map);
    }
  }
  files.commit();
  return {
      .layout = layout, .note = map.note, .pictures = missing_pictures(manifest.pictures, shown.pairs.image_in_store)};
}

}  // namespace tandem

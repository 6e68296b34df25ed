#include "tandem/reports/map_of_split.h"

#include <ATen/TensorOperators.h>

#include <system_error>

#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/evaluation/audit_verdicts.h"
#include "tandem/features/picture_subset.h"
#include "tandem/figures/joint_map.h"
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
  PairedFeatures pairs;
  at::Tensor image, text;
  std::vector<std::int64_t> image_of_text;
};

ShownPairs shown_pairs(const SplitFeatures& split, std::int64_t limit) {
  ShownPairs shown{.pairs = first_pictures(split.pairs, limit)};
  shown.image = embed_all(split.run.image_heads, shown.pairs.image);
  shown.text = embed_all(split.run.text_heads, shown.pairs.text);
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

JointMap titled(const JointProjection& layout, const ShownPairs& shown, const SplitFeatures& split) {
  const std::string title = split.store.manifest().data_name + ": pictures and captions in one space";
  return {.image_points = layout.image_points(),
          .text_points = layout.text_points(),
          .image_of_text = shown.image_of_text,
          .title = layout.gap_closed ? title + ", gap closed" : title,
          .note = ""};
}

std::string map_note(const JointProjection& layout, const ShownPairs& shown, const SplitFeatures& split,
                     const SplitMapOptions& options) {
  const std::int64_t all = split.pairs.image.size(0);
  return "split " + options.split + ", " + with_thousands(layout.images) +
         (layout.images < all ? " of " + with_thousands(all) : "") + " pictures, " +
         with_thousands(shown.text.size(0)) + " captions; " + method_words(layout, options.projection) + "; " +
         quality_words(layout);
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
  SplitFeatures split = Model::open(run).split(options.features, options.split);
  if (!options.pictures.empty()) split.store.move_pictures(options.pictures);
  const ShownPairs shown = shown_pairs(split, options.limit);
  const FeatureManifest& manifest = split.store.manifest();
  const std::vector<std::string> verdicts =
      options.verdicts.empty() ? std::vector<std::string>{} : read_verdicts(options.verdicts, manifest, shown.pairs);
  StagedFiles files;  // All of them appear at the end, or none.
  const JointProjection layout = lay_out(shown, options, files, stages);
  JointMap map = titled(layout, shown, split);
  map.note = map_note(layout, shown, split, options);
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

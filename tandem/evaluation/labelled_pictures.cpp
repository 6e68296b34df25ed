#include "tandem/evaluation/labelled_pictures.h"

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/readers/data_spec.h"

namespace tandem {

LabelledPictures labelled_in_data(const Model& model, const std::string& spec, const std::string& split,
                                  const Stages& stages, const Notice& notice) {
  const CaptionSet data = read_data(spec);
  std::vector<const CaptionedImage*> taken;
  for (const CaptionedImage& image : data.images) {
    if (split == "all" || split_name(image.split) == split) taken.push_back(&image);
  }
  if (taken.empty()) throw FileError(spec, "pictures in the split \"" + split + "\"", "none");
  const PictureInput input{.count = static_cast<std::int64_t>(taken.size()),
                           .read = [&](std::int64_t i) { return read_picture(taken[i]->picture); },
                           .name = [&](std::int64_t i) { return source_name(taken[i]->picture); }};
  const EmbeddedItems embedded = model.embed_readable(input, begin_stage(stages, "encoding pictures", "pictures"));
  for (const UnreadableImage& left_out : embedded.unreadable) {
    if (notice) notice("  left out: " + printable_sentence(left_out.reason));
  }
  if (embedded.rows.empty()) throw FileError(spec, "a picture that can be read", "none");
  LabelledPictures found{.name = data.name, .split = split, .source = spec, .image = embedded.embeddings};
  for (const std::int64_t row : embedded.rows) {
    found.ids.push_back(taken[row]->id);
    found.labels.push_back(taken[row]->label);
  }
  return found;
}

LabelledPictures labelled_in_features(const Model& model, const std::filesystem::path& features,
                                      const std::string& split) {
  const EmbeddedSplit embedded = model.embed(features, split);
  const FeatureManifest& manifest = embedded.store.manifest();
  LabelledPictures found{
      .name = manifest.data_name, .split = split, .source = embedded.store.folder(), .image = embedded.image};
  for (const std::int64_t row : embedded.pairs.image_in_store) {
    found.ids.push_back(manifest.image_ids[row]);
    found.labels.push_back(manifest.image_labels[row]);
  }
  return found;
}

}  // namespace tandem

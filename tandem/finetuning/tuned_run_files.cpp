#include "tandem/finetuning/tuned_run_files.h"

#include "tandem/finetuning/merged_folder.h"
#include "tandem/model/run_folder.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

template <typename Source>
std::vector<EncoderRecord> carry_side(const Path& place, const std::string& side,
                                      const std::vector<EncoderRecord>& records, const std::vector<Source>& sources,
                                      const TunedSide& tuned) {
  std::vector<EncoderRecord> carried = carry_encoders(place, side, records);
  for (const TunedEncoder& encoder : tuned.encoders()) {
    const auto& tower = sources[encoder.number].tower;
    write_merged_encoder(tower.folder, tower.files, encoder.layers.merged(), place / carried[encoder.number].folder);
    if (encoder.layers.options().rank > 0)
      write_adapter(encoder.layers, place / "adapters" / (side + "-" + std::to_string(encoder.number)));
  }
  return carried;
}

template <typename Source, typename Open>
std::vector<Source> open_carried(const Path& place, const std::vector<EncoderRecord>& carried, c10::Device device,
                                 const Open& open) {
  std::vector<Source> sources;
  for (const EncoderRecord& record : carried)
    sources.push_back(open(place / record.folder, parse_views(record.views), {record.precision, device}));
  return sources;
}

void settle_folders(std::vector<EncoderRecord>& made, const Path& out, const std::vector<EncoderRecord>& carried) {
  for (std::size_t i = 0; i < made.size(); ++i)
    made[i].folder = std::filesystem::absolute(out / carried[i].folder).lexically_normal();
}

}  // namespace

std::vector<EncoderRecord> carry_tuned_encoders(const Path& place, const std::string& side,
                                                const std::vector<EncoderRecord>& records,
                                                const std::vector<ImageSource>& sources, const TunedSide& tuned) {
  return carry_side(place, side, records, sources, tuned);
}

std::vector<EncoderRecord> carry_tuned_encoders(const Path& place, const std::string& side,
                                                const std::vector<EncoderRecord>& records,
                                                const std::vector<TextSource>& sources, const TunedSide& tuned) {
  return carry_side(place, side, records, sources, tuned);
}

std::vector<ImageSource> open_carried_images(const Path& place, const std::vector<EncoderRecord>& carried,
                                             c10::Device device) {
  return open_carried<ImageSource>(place, carried, device, open_image_source);
}

std::vector<TextSource> open_carried_texts(const Path& place, const std::vector<EncoderRecord>& carried,
                                           c10::Device device) {
  return open_carried<TextSource>(place, carried, device, open_text_source);
}

FeatureManifest settle_manifest(const Path& features, const Path& out, const std::vector<EncoderRecord>& image_carried,
                                const std::vector<EncoderRecord>& text_carried) {
  FeatureManifest manifest = read_manifest(features);
  settle_folders(manifest.image_encoders, out, image_carried);
  settle_folders(manifest.text_encoders, out, text_carried);
  write_manifest(features, manifest);
  return manifest;
}

std::vector<EncoderRecord> relative_to_run(std::vector<EncoderRecord> made, const std::vector<EncoderRecord>& carried) {
  for (std::size_t i = 0; i < made.size(); ++i) made[i].folder = carried[i].folder;
  return made;
}

}  // namespace tandem

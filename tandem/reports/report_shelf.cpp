#include "tandem/reports/report_shelf.h"

#include <string>

#include "tandem/reports/thumbnails.h"

namespace tandem {
namespace {

constexpr std::int64_t kLargeSide = 264, kSmallSide = 136;  // pixels: twice the size that a page shows

}  // namespace

std::size_t ReportShelf::place(std::int64_t image, ReportPictureSize size) {
  return places_.try_emplace({image, size}, places_.size()).first->second;
}

std::vector<ReportPicture> ReportShelf::pictures(const Progress& progress) const {
  const FeatureManifest& manifest = embedded_.store.manifest();
  std::vector<ReportPicture> made(places_.size());
  std::int64_t done = 0;
  const auto total = static_cast<std::int64_t>(places_.size());
  for (const ReportPictureSize size : {ReportPictureSize::kLarge, ReportPictureSize::kSmall}) {
    std::vector<PictureSource> sources;
    std::vector<std::size_t> places;
    for (const auto& [key, place] : places_) {
      if (key.second != size) continue;
      const std::int64_t row = embedded_.pairs.image_in_store[key.first];
      sources.push_back(manifest.pictures[row]);
      places.push_back(place);
      made[place].name = manifest.image_ids[row];
    }
    const Progress part = [&](std::int64_t, std::int64_t) {
      if (progress) progress(++done, total);
    };
    std::vector<std::string> jpegs =
        thumbnail_jpegs(sources, size == ReportPictureSize::kLarge ? kLargeSide : kSmallSide, part);
    for (std::size_t i = 0; i < places.size(); ++i) made[places[i]].jpeg = std::move(jpegs[i]);
  }
  return made;
}

}  // namespace tandem

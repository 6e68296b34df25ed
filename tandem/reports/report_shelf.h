// Collects the pictures that a report shows, and makes their thumbnails all at once.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/figures/report_document.h"
#include "tandem/model/embedded_split.h"

namespace tandem {

enum class ReportPictureSize { kLarge, kSmall };

class ReportShelf {
 public:
  /// `embedded` must outlive the shelf.
  explicit ReportShelf(const EmbeddedSplit& embedded) : embedded_(embedded) {}

  /// The place that the picture will have in `pictures`. The same picture in the same size has one
  /// place.
  ///
  ///   image  row of the split's pictures
  std::size_t place(std::int64_t image, ReportPictureSize size);

  /// Makes the thumbnails of all places, in their order. `progress` counts them.
  std::vector<ReportPicture> pictures(const Progress& progress) const;

 private:
  const EmbeddedSplit& embedded_;
  std::map<std::pair<std::int64_t, ReportPictureSize>, std::size_t> places_;
};

}  // namespace tandem

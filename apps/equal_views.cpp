#include "apps/equal_views.h"

#include <algorithm>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/features/views.h"

namespace tandem::apps {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& features, const std::string& found) {
  throw FileError(features, "views of one width, for --pooling to choose among", found);
}

std::int64_t views_of(const EncoderRecord& encoder, const std::filesystem::path& features) {
  if (is_imported(encoder)) return 1;
  const std::vector<View> views = parse_views(encoder.views);
  const bool one_layer = std::all_of(views.begin(), views.end(), [&](const View& view) { return view.layer == views.front().layer; });
  const bool convolutional = encoder.model_type == "resnet" || encoder.model_type == "efficientnet_lite";
  const auto count = static_cast<std::int64_t>(views.size());
  if ((convolutional && !one_layer) || encoder.width % count != 0) refuse(features, "\"" + encoder.views + "\" of a " + encoder.model_type);
  return count;
}

}  // namespace

std::int64_t equal_views(const std::vector<EncoderRecord>& encoders, const std::filesystem::path& features) {
  std::int64_t count = 0, width = 0;
  for (const EncoderRecord& encoder : encoders) {
    const std::int64_t views = views_of(encoder, features), own_width = encoder.width / views;
    if (width != 0 && own_width != width) refuse(features, "widths " + std::to_string(width) + " and " + std::to_string(own_width));
    width = own_width;
    count += views;
  }
  return count;
}

}  // namespace tandem::apps

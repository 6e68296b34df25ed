#include "apps/pooled_columns.h"

#include <algorithm>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/features/views.h"

namespace tandem::apps {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& features, const std::string& found) {
  throw FileError(features, "views of one width, for --pooling to choose among", found);
}

/// The width that all its views have.
std::int64_t view_width(const EncoderRecord& encoder, const std::filesystem::path& features) {
  if (is_imported(encoder)) return encoder.width;
  const std::vector<View> views = parse_views(encoder.views);
  const bool one_layer = std::all_of(views.begin(), views.end(), [&](const View& view) { return view.layer == views.front().layer; });
  const bool convolutional = encoder.model_type == "resnet" || encoder.model_type == "efficientnet_lite";
  const auto count = static_cast<std::int64_t>(views.size());
  if ((convolutional && !one_layer) || encoder.width % count != 0) refuse(features, "\"" + encoder.views + "\" of a " + encoder.model_type);
  return encoder.width / count;
}

}  // namespace

std::vector<PooledColumns> token_columns(const std::vector<EncoderRecord>& encoders) {
  std::vector<PooledColumns> found;
  for (const TokenColumns& columns : side_tokens(encoders)) {
    found.push_back({.begin = columns.begin, .count = columns.count, .width = columns.width, .tokens = true});
  }
  return found;
}

std::vector<PooledColumns> view_columns(const std::vector<EncoderRecord>& encoders, const std::filesystem::path& features) {
  PooledColumns all;
  for (const EncoderRecord& encoder : encoders) {
    const std::int64_t width = view_width(encoder, features);
    if (all.width != 0 && width != all.width) refuse(features, "widths " + std::to_string(all.width) + " and " + std::to_string(width));
    all.width = width;
    all.count += encoder.width / width;
  }
  return all.count > 1 ? std::vector<PooledColumns>{all} : std::vector<PooledColumns>();
}

void choose_pooled_columns(HeadOptions& image, HeadOptions& text, const FeatureManifest& manifest, const std::filesystem::path& features) {
  const auto image_tokens = token_columns(manifest.image_encoders), text_tokens = token_columns(manifest.text_encoders);
  const bool tokens = !image_tokens.empty() || !text_tokens.empty();
  const auto choose = [&](HeadOptions& head, const std::vector<EncoderRecord>& encoders, const std::vector<PooledColumns>& own_tokens) {
    if (tokens) {
      head.pooled = own_tokens;
      if (!own_tokens.empty() && head.pooling == ViewPooling::kConcatenate) head.pooling = ViewPooling::kAttention;
    } else if (head.pooling != ViewPooling::kConcatenate) {
      head.pooled = view_columns(encoders, features);
    }
    if (head.pooled.empty()) head.pooling = ViewPooling::kConcatenate;
  };
  choose(image, manifest.image_encoders, image_tokens);
  choose(text, manifest.text_encoders, text_tokens);
}

}  // namespace tandem::apps

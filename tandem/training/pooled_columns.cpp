#include "tandem/training/pooled_columns.h"

#include <algorithm>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/features/views.h"

namespace tandem {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& features, const std::string& found) {
  throw FileError(features, "views of one width, for --pooling to choose among", found);
}

/// Of an encoder whose views are not known one by one: its views of tokens, and what lies between
/// them.
std::vector<std::int64_t> widths_around_tokens(const EncoderRecord& encoder) {
  std::vector<std::int64_t> widths;
  std::int64_t done = 0;
  const auto add = [&](std::int64_t width) {
    if (width > 0) widths.push_back(width);
    done += width;
  };
  for (const TokenColumns& tokens : encoder.tokens) {
    add(tokens.begin - done);
    add(tokens.count * tokens.width);
  }
  add(encoder.width - done);
  return widths;
}

bool has_layers_of_many_widths(const EncoderRecord& encoder, const std::vector<View>& views) {
  const bool one_layer =
      std::all_of(views.begin(), views.end(), [&](const View& view) { return view.layer == views.front().layer; });
  return !one_layer && (encoder.model_type == "resnet" || encoder.model_type == "efficientnet_lite");
}

/// The width that all its views have.
std::int64_t view_width(const EncoderRecord& encoder, const std::filesystem::path& features) {
  if (is_imported(encoder)) return encoder.width;
  const std::vector<View> views = parse_views(encoder.views);
  const auto count = static_cast<std::int64_t>(views.size());
  if (has_layers_of_many_widths(encoder, views) || encoder.width % count != 0)
    refuse(features, "\"" + encoder.views + "\" of a " + encoder.model_type);
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

std::vector<std::int64_t> view_widths(const std::vector<EncoderRecord>& encoders) {
  std::vector<std::int64_t> widths;
  const auto append = [&](const std::vector<std::int64_t>& more) {
    widths.insert(widths.end(), more.begin(), more.end());
  };
  for (const EncoderRecord& encoder : encoders) {
    const std::vector<View> views = is_imported(encoder) ? std::vector<View>() : parse_views(encoder.views);
    std::int64_t vectors = 0;
    for (const View& view : views) vectors += vectors_of(view);
    if (vectors == 0 || has_layers_of_many_widths(encoder, views) || encoder.width % vectors != 0) {
      append(widths_around_tokens(encoder));
      continue;
    }
    for (const View& view : views) widths.push_back(vectors_of(view) * (encoder.width / vectors));
  }
  return widths;
}

std::vector<PooledColumns> view_columns(const std::vector<EncoderRecord>& encoders,
                                        const std::filesystem::path& features) {
  PooledColumns all;
  for (const EncoderRecord& encoder : encoders) {
    const std::int64_t width = view_width(encoder, features);
    if (all.width != 0 && width != all.width)
      refuse(features, "widths " + std::to_string(all.width) + " and " + std::to_string(width));
    all.width = width;
    all.count += encoder.width / width;
  }
  return all.count > 1 ? std::vector<PooledColumns>{all} : std::vector<PooledColumns>();
}

void choose_pooled_columns(HeadOptions& image, HeadOptions& text, const FeatureManifest& manifest,
                           const std::filesystem::path& features) {
  const auto image_tokens = token_columns(manifest.image_encoders);
  const auto text_tokens = token_columns(manifest.text_encoders);
  const bool tokens = !image_tokens.empty() || !text_tokens.empty();
  const auto choose = [&](HeadOptions& head, const std::vector<EncoderRecord>& encoders,
                          const std::vector<PooledColumns>& own_tokens) {
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

}  // namespace tandem

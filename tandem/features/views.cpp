#include "tandem/features/views.h"

#include <c10/util/Exception.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr std::string_view kTokens = "tokens:";
constexpr std::string_view kMirror = "+mirror";
constexpr std::int64_t kMostTokens = 4096;

std::optional<std::int64_t> number_of(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? std::optional(number) : std::nullopt;
}

/// "mean" or "tokens:24" into the view; false if it is neither.
bool read_kind(std::string_view kind, View& view) {
  if (kind.starts_with(kTokens)) {
    view.tokens = number_of(kind.substr(kTokens.size())).value_or(0);
    return view.tokens > 0 && view.tokens <= kMostTokens && !view.mirror;
  }
  const std::optional<Pooling> pooling = parse_pooling(kind);
  if (pooling) view.pooling = *pooling;
  return pooling.has_value();
}

View parse_view(std::string_view text) {
  View view{.mirror = text.ends_with(kMirror)};
  const std::string_view plain = text.substr(0, text.size() - (view.mirror ? kMirror.size() : 0));
  const std::size_t at = plain.find('@');
  bool understood = read_kind(plain.substr(0, at), view);
  if (understood && at != std::string_view::npos) {
    const std::optional<std::int64_t> layer = number_of(plain.substr(at + 1));
    understood = layer.has_value();
    view.layer = layer.value_or(-1);
  }
  TORCH_CHECK_VALUE(understood,
                    "a pooling is cls, mean, max or last, with +mirror of pictures, or tokens:COUNT, and @LAYER for a "
                    "layer of its own "
                    "(mean@-2), got \"",
                    text, "\"");
  return view;
}

void check_square(const View& view, const std::filesystem::path& folder) {
  if (view.tokens > 0 && grid_side(view.tokens) == 0) {
    throw FileError(folder, "a square number of a picture's tokens, which lie in a grid (tokens:49)",
                    "\"" + view_text(view) + "\"");
  }
}

/// Columns of one source.
template <typename Source>
std::int64_t width_of_views(const Source& source) {
  std::int64_t width = 0;
  for (const View& view : source.views) width += view_width(source, view);
  return width;
}

void check_layer(const View& view, std::int64_t layers, const std::filesystem::path& folder) {
  if (view.layer >= -layers - 1 && view.layer <= layers) return;
  throw FileError(folder, "layers from 0 (the embeddings) to " + std::to_string(layers), "\"" + view_text(view) + "\"");
}

}  // namespace

std::vector<View> parse_views(std::string_view text) {
  std::vector<View> views;
  while (true) {
    const std::size_t comma = text.find(',');
    views.push_back(parse_view(text.substr(0, comma)));
    if (comma == std::string_view::npos) return views;
    text.remove_prefix(comma + 1);
  }
}

std::string view_text(const View& view) {
  std::string text =
      view.tokens > 0 ? std::string(kTokens) + std::to_string(view.tokens) : std::string(pooling_name(view.pooling));
  if (view.layer != -1) text += "@" + std::to_string(view.layer);
  if (view.mirror) text += "+mirror";
  return text;
}

std::int64_t grid_side(std::int64_t cells) {
  if (cells <= 0) return 0;
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(cells))));
  return side * side == cells ? side : 0;
}

std::int64_t layer_index(const View& view, std::int64_t layers) {
  return view.layer >= 0 ? view.layer : layers + 1 + view.layer;
}

ImageSource open_image_source(const std::filesystem::path& folder, const std::vector<View>& views, Compute compute) {
  ImageSource source{.tower = open_image_tower(folder, compute), .views = views};
  for (const View& view : views) {
    check_layer(view, source.tower.encoder->layers(), folder);
    check_square(view, folder);
    if (view.pooling == Pooling::kLast) {
      throw FileError(folder, "cls, mean or max pooling, for no patch is a picture's end", "\"last\"");
    }
    if (view.pooling == Pooling::kCls && source.tower.encoder->leading_tokens() == 0) {
      throw FileError(folder, "mean or max pooling, for a " + source.tower.model_type + " has no class token",
                      "\"cls\"");
    }
  }
  return source;
}

TextSource open_text_source(const std::filesystem::path& folder, const std::vector<View>& views, Compute compute) {
  TextSource source{.tower = open_text_tower(folder, compute), .views = views};
  for (const View& view : views) {
    check_layer(view, source.tower.encoder->layers(), folder);
    if (view.mirror)
      throw FileError(folder, "poolings of captions, which have no mirror image", "\"" + view_text(view) + "\"");
  }
  return source;
}

std::int64_t view_width(const ImageSource& source, const View& view) {
  return vectors_of(view) * source.tower.encoder->width(layer_index(view, source.tower.encoder->layers()));
}

std::int64_t view_width(const TextSource& source, const View& view) {
  return vectors_of(view) * source.tower.encoder->width();
}

std::int64_t feature_width(const ImageSource& source) { return width_of_views(source); }

std::int64_t feature_width(const TextSource& source) { return width_of_views(source); }

}  // namespace tandem

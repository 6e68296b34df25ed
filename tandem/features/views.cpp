#include "tandem/features/views.h"

#include <c10/util/Exception.h>

#include <charconv>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

View parse_view(std::string_view text) {
  constexpr std::string_view kMirror = "+mirror";
  const bool mirror = text.ends_with(kMirror);
  const std::string_view plain = text.substr(0, text.size() - (mirror ? kMirror.size() : 0));
  const std::size_t at = plain.find('@');
  const std::optional<Pooling> pooling = parse_pooling(plain.substr(0, at));
  View view{.mirror = mirror};
  bool understood = pooling.has_value();
  if (understood) view.pooling = *pooling;
  if (understood && at != std::string_view::npos) {
    const std::string_view digits = plain.substr(at + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), view.layer);
    understood = error == std::errc() && end == digits.data() + digits.size();
  }
  TORCH_CHECK_VALUE(understood, "a pooling is cls, mean, max or last, with @LAYER for a layer of its own (mean@-2), and +mirror of pictures, got \"",
                    text, "\"");
  return view;
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
  std::string text(pooling_name(view.pooling));
  if (view.layer != -1) text += "@" + std::to_string(view.layer);
  if (view.mirror) text += "+mirror";
  return text;
}

std::int64_t layer_index(const View& view, std::int64_t layers) { return view.layer >= 0 ? view.layer : layers + 1 + view.layer; }

ImageSource open_image_source(const std::filesystem::path& folder, const std::vector<View>& views, Compute compute) {
  ImageSource source{.tower = open_image_tower(folder, compute), .views = views};
  for (const View& view : views) {
    check_layer(view, source.tower.encoder->layers(), folder);
    if (view.pooling == Pooling::kLast) {
      throw FileError(folder, "cls, mean or max pooling, for no patch is a picture's end", "\"last\"");
    }
    if (view.pooling == Pooling::kCls && source.tower.encoder->leading_tokens() == 0) {
      throw FileError(folder, "mean or max pooling, for a " + source.tower.model_type + " has no class token", "\"cls\"");
    }
  }
  return source;
}

TextSource open_text_source(const std::filesystem::path& folder, const std::vector<View>& views, Compute compute) {
  TextSource source{.tower = open_text_tower(folder, compute), .views = views};
  for (const View& view : views) {
    check_layer(view, source.tower.encoder->layers(), folder);
    if (view.mirror) throw FileError(folder, "poolings of captions, which have no mirror image", "\"" + view_text(view) + "\"");
  }
  return source;
}

std::int64_t view_width(const ImageSource& source, const View& view) {
  return source.tower.encoder->width(layer_index(view, source.tower.encoder->layers()));
}

std::int64_t view_width(const TextSource& source, const View&) { return source.tower.encoder->width(); }

std::int64_t feature_width(const ImageSource& source) {
  std::int64_t width = 0;
  for (const View& view : source.views) width += view_width(source, view);
  return width;
}

std::int64_t feature_width(const TextSource& source) {
  return source.tower.encoder->width() * static_cast<std::int64_t>(source.views.size());
}

}  // namespace tandem

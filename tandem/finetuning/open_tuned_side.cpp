#include "tandem/finetuning/open_tuned_side.h"

#include <algorithm>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/encoders/transformer_layers.h"

namespace tandem {
namespace {

/// The views of layers behind `first`, whose columns begin at `column` of the side's features.
template <typename Source>
std::vector<TunedView> tuned_views(const Source& source, std::int64_t first, std::int64_t column) {
  std::vector<TunedView> tuned;
  for (const View& view : source.views) {
    const std::int64_t layer = layer_index(view, source.tower.encoder->layers());
    if (layer > first && view.mirror)
      throw FileError(source.tower.folder, "views without mirror images where its layers are trained",
                      "\"" + view_text(view) + "\"");
    if (layer > first && view.tokens > 0)
      throw FileError(source.tower.folder, "views pooled by the encoder where its layers are trained",
                      "\"" + view_text(view) + "\"");
    if (layer > first) tuned.push_back({.column = column, .layer = layer, .pooling = view.pooling});
    column += view_width(source, view);
  }
  return tuned;
}

template <typename Source>
std::int64_t deepest_layer(const Source& source) {
  std::int64_t deepest = 0;
  for (const View& view : source.views) deepest = std::max(deepest, layer_index(view, source.tower.encoder->layers()));
  return deepest;
}

template <typename Source>
void check_depth(const Source& source, const TuningOptions& options) {
  const std::int64_t deepest = deepest_layer(source);
  if (deepest >= std::max<std::int64_t>(1, options.layers)) return;
  throw FileError(source.tower.folder,
                  "views that reach layer " + std::to_string(std::max<std::int64_t>(1, options.layers)) +
                      " or deeper, to train as many layers",
                  "none deeper than " + std::to_string(deepest));
}

/// Calls add(source, layers, column, number) for every encoder that can be trained.
template <typename Source, typename Add>
void for_each_transformer(const std::vector<Source>& sources, const TuningOptions& options, const Add& add) {
  std::int64_t column = 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (const TransformerLayers* layers = transformer_layers(*sources[i].tower.encoder)) {
      check_depth(sources[i], options);
      add(sources[i], *layers, column, i);
      ++found;
    }
    column += feature_width(sources[i]);
  }
  if (found > 0 || sources.empty()) return;
  throw FileError(sources.front().tower.folder, "an encoder of transformer layers, whose last ones can be trained",
                  sources.front().tower.model_type + ", which has none; the other side's encoder may be trained alone");
}

EntryStates entry_states(EntryItems items, const OpenSideOptions& options) {
  const EntryPlace place = choose_entry_place(items.size_bytes(), options.entry_memory_bytes, options.scratch);
  return {std::move(items), place, options.scratch, options.threads, options.progress};
}

}  // namespace

TunedSide open_tuned_texts(const std::vector<TextSource>& sources, const std::vector<std::string>& captions,
                           const at::Tensor& features, const OpenSideOptions& options, at::Generator& chance) {
  std::vector<TunedEncoder> encoders;
  for_each_transformer(
      sources, options.tuning,
      [&](const TextSource& source, const TransformerLayers& layers, std::int64_t column, std::size_t number) {
        TunedLayers tuned(layers, deepest_layer(source), options.tuning, chance);
        const std::int64_t first = tuned.first();
        encoders.push_back({.number = number,
                            .layers = std::move(tuned),
                            .entry = entry_states(caption_items(source, captions, first), options),
                            .views = tuned_views(source, first, column)});
      });
  return {features, std::move(encoders), options.chunks};
}

TunedSide open_tuned_pictures(const std::vector<ImageSource>& sources, const std::vector<PictureSource>& pictures,
                              const at::Tensor& features, const OpenSideOptions& options, at::Generator& chance) {
  std::vector<TunedEncoder> encoders;
  for_each_transformer(
      sources, options.tuning,
      [&](const ImageSource& source, const TransformerLayers& layers, std::int64_t column, std::size_t number) {
        TunedLayers tuned(layers, deepest_layer(source), options.tuning, chance);
        const std::int64_t first = tuned.first();
        encoders.push_back({.number = number,
                            .layers = std::move(tuned),
                            .entry = entry_states(picture_items(source, pictures, first), options),
                            .views = tuned_views(source, first, column),
                            .pictures = true,
                            .leading_tokens = source.tower.encoder->leading_tokens()});
      });
  return {features, std::move(encoders), options.chunks};
}

}  // namespace tandem

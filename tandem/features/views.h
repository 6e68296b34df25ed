// Which vectors of an encoder become features: a pooling or the tokens themselves, and the layer
// they are taken from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/encoders/model_folder.h"
#include "tandem/encoders/pooling.h"

namespace tandem {

/// One block of features. "mean" is the mean over the last layer's tokens, "max@-2" the maximum
/// over the layer before, "mean+mirror" the average of a picture's mean and of its mirror image's
/// (left and right exchanged): encoders differ on the two, captions rarely do. "tokens:24" leaves
/// pooling to the heads: a caption's first 24 tokens, side by side; "tokens:49" a picture's
/// patches, averaged to a grid of 7 x 7.
struct View {
  Pooling pooling = Pooling::kMean;
  std::int64_t tokens = 0;  ///< 0: pooled; otherwise so many tokens, and `pooling` says nothing
  std::int64_t layer = -1;  ///< 0 the embeddings, 1 the first layer, ...; -1 the last, -2 the one before
  bool mirror = false;      ///< of pictures: averaged with the mirror image's
};

/// "mean,tokens:24@-2" -> two views. Throws c10::ValueError naming the part that is no view.
std::vector<View> parse_views(std::string_view text);

/// The view in the words parse_views reads.
std::string view_text(const View& view);

/// An opened tower and what is taken from it. The views lie side by side in the features, in this
/// order.
struct ImageSource {
  ImageTower tower;
  std::vector<View> views;
};
struct TextSource {
  TextTower tower;
  std::vector<View> views;
};

/// Vectors of the encoder's width that lie side by side in the view.
inline std::int64_t vectors_of(const View& view) { return view.tokens > 0 ? view.tokens : 1; }

/// Side of the square grid that so many cells form, or 0 if they form none.
std::int64_t grid_side(std::int64_t cells);

/// The layer counted from 0 of an encoder that has `layers` of them.
std::int64_t layer_index(const View& view, std::int64_t layers);

/// Opens the tower and checks that it can give the views: layers it has, a class token where one is
/// asked for.
/// Throws FileError naming the folder otherwise.
ImageSource open_image_source(const std::filesystem::path& folder, const std::vector<View>& views,
                              Compute compute = {});
TextSource open_text_source(const std::filesystem::path& folder, const std::vector<View>& views, Compute compute = {});

/// Columns a view fills. The layers of a convolutional network differ in width.
std::int64_t view_width(const ImageSource& source, const View& view);
std::int64_t view_width(const TextSource& source, const View& view);

/// Columns the source fills.
std::int64_t feature_width(const ImageSource& source);
std::int64_t feature_width(const TextSource& source);

/// Columns all sources of a side fill.
template <typename Source>
std::int64_t feature_width(const std::vector<Source>& sources) {
  std::int64_t width = 0;
  for (const Source& source : sources) width += feature_width(source);
  return width;
}

}  // namespace tandem

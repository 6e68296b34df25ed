// The vectors of an encoder that become features: a pooling or the tokens themselves, and the layer
// they come from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/encoders/model_folder.h"
#include "tandem/encoders/pooling.h"

namespace tandem {

/// One block of features. "mean" is the mean over the last layer's tokens, "max@-2" the maximum
/// over the layer before it. "mean+mirror" is the average of the means of a picture and of its
/// mirror image (left and right exchanged): encoders differ on the two, captions rarely do.
/// "tokens:24" leaves pooling to the heads: for captions the first 24 tokens, concatenated;
/// "tokens:49" for pictures the patches, averaged to a grid of 7 x 7.
struct View {
  Pooling pooling = Pooling::kMean;
  std::int64_t tokens = 0;  ///< 0: pooled; otherwise this many tokens, and `pooling` is ignored
  std::int64_t layer = -1;  ///< 0: the embeddings, 1: the first layer, ...; -1: the last, -2: the one before
  bool mirror = false;      ///< for pictures: averaged with the mirror image's
};

/// "mean,tokens:24@-2" -> two views. Throws c10::ValueError naming the part that is not a view.
std::vector<View> parse_views(std::string_view text);

/// The view in the form that parse_views reads.
std::string view_text(const View& view);

/// An opened tower and its views, which are concatenated in the features in this order.
struct ImageSource {
  ImageTower tower;
  std::vector<View> views;
};
struct TextSource {
  TextTower tower;
  std::vector<View> views;
};

/// The number of vectors of the encoder's width that are concatenated in the view.
inline std::int64_t vectors_of(const View& view) { return view.tokens > 0 ? view.tokens : 1; }

/// The side of the square grid with this many cells, or 0 if there is none.
std::int64_t grid_side(std::int64_t cells);

/// The layer counted from 0, for an encoder with `layers` layers.
std::int64_t layer_index(const View& view, std::int64_t layers);

/// Opens the tower and checks that it can give the views: the layers exist, and there is a class
/// token if one is asked for. Otherwise throws FileError naming the folder.
ImageSource open_image_source(const std::filesystem::path& folder, const std::vector<View>& views,
                              Compute compute = {});
TextSource open_text_source(const std::filesystem::path& folder, const std::vector<View>& views, Compute compute = {});

/// The number of columns of a view. The layers of a convolutional network differ in width.
std::int64_t view_width(const ImageSource& source, const View& view);
std::int64_t view_width(const TextSource& source, const View& view);

/// The number of columns of the source.
std::int64_t feature_width(const ImageSource& source);
std::int64_t feature_width(const TextSource& source);

/// The number of columns of all sources of a side.
template <typename Source>
std::int64_t feature_width(const std::vector<Source>& sources) {
  std::int64_t width = 0;
  for (const Source& source : sources) width += feature_width(source);
  return width;
}

}  // namespace tandem

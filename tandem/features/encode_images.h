// Pictures -> features, through one or several image towers.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/features/views.h"
#include "tandem/images/picture_source.h"

namespace tandem {

/// A picture that could not be read, and the reader's error message.
struct UnreadableImage {
  std::int64_t index = 0;
  std::string reason;
};

struct EncodedImages {
  std::int64_t done = 0;           ///< pictures processed, the first ones; all unless the work was asked to stop
  at::Tensor features;             ///< [n, F] float32, one row per picture that could be read, in order
  std::vector<std::int64_t> rows;  ///< [n] which of `pictures` each row is
  std::vector<UnreadableImage> unreadable;  ///< the others, in order
};

/// Takes a picture that could not be read, when its batch is finished; called from one thread at a
/// time. Empty: nobody is told.
using PictureFailed = std::function<void(const UnreadableImage& image)>;

/// Pictures by their number, from 0. Both functions are called from several threads at once.
struct PictureInput {
  std::int64_t count = 0;
  std::function<RgbImage(std::int64_t)> read;     ///< throws FileError for one that cannot be read
  std::function<std::string(std::int64_t)> name;  ///< for error messages
};

/// Reads every picture once, prepares it for each tower and pools the towers' outputs; the features
/// of all sources are concatenated in F. Rows do not depend on `threads` (0: one per core).
/// Throws FileError, naming the picture, if features are NaN or infinite.
EncodedImages encode_images(const std::vector<ImageSource>& sources, const PictureInput& pictures, int threads = 0,
                            const Progress& progress = {}, const StopAsked& stop = {},
                            const PictureFailed& failed = {});

/// The same for picture files and members of archives.
EncodedImages encode_images(const std::vector<ImageSource>& sources, const std::vector<PictureSource>& pictures,
                            int threads = 0, const Progress& progress = {}, const StopAsked& stop = {},
                            const PictureFailed& failed = {});

}  // namespace tandem

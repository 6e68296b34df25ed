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

/// A picture that could not be read, and why: the sentence the reader said.
struct UnreadableImage {
  std::int64_t index = 0;
  std::string reason;
};

struct EncodedImages {
  std::int64_t done = 0;           ///< pictures that were looked at, the first ones; all unless it was asked to stop
  at::Tensor features;             ///< [n, F] float32, one row per picture that could be read, in order
  std::vector<std::int64_t> rows;  ///< [n] which of `pictures` each row is
  std::vector<UnreadableImage> unreadable;  ///< the others, in order
};

/// Pictures by their number, from 0; both functions are called from several threads at once.
struct PictureInput {
  std::int64_t count = 0;
  std::function<RgbImage(std::int64_t)> read;     ///< throws FileError for one that cannot be read
  std::function<std::string(std::int64_t)> name;  ///< for error sentences
};

/// Reads every picture once, prepares it for each tower and pools the towers' answers; sources lie
/// side by side in F. Rows do not depend on `threads` (0: one per core).
/// Throws FileError if features come out as NaN or infinite, naming the picture.
EncodedImages encode_images(const std::vector<ImageSource>& sources, const PictureInput& pictures, int threads = 0,
                            const Progress& progress = {}, const StopAsked& stop = {});

/// The same for picture files and members of archives.
EncodedImages encode_images(const std::vector<ImageSource>& sources, const std::vector<PictureSource>& pictures,
                            int threads = 0, const Progress& progress = {}, const StopAsked& stop = {});

}  // namespace tandem

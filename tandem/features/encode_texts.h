// Captions -> features, through one or several text towers.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/features/views.h"

namespace tandem {

/// Tokenizes, sorts by length to reduce padding, encodes, pools, and restores the order.
///
/// Returns [N, F] float32, the views of all sources concatenated. Captions longer than an encoder
/// accepts are cut. Rows do not depend on `threads` (0: one per core).
/// Throws FileError, naming the encoder and the caption, if features are NaN or infinite.
at::Tensor encode_texts(const std::vector<TextSource>& sources, const std::vector<std::string>& captions,
                        int threads = 0, const Progress& progress = {});

/// Captions of which a part is encoded.
struct BegunTexts {
  at::Tensor features;       ///< [N, F]; rows and columns of unfinished batches are zeros. Undefined: none is done
  std::int64_t batches = 0;  ///< number done: the first ones, source by source, short captions first
};

/// Encodes the missing batches until `stop` returns true. Returns whether all are done;
/// begun.features then is the result of encode_texts.
bool go_on_encoding_texts(BegunTexts& begun, const std::vector<TextSource>& sources,
                          const std::vector<std::string>& captions, int threads, const Progress& progress,
                          const StopAsked& stop);

}  // namespace tandem

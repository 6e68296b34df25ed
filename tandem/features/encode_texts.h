// Captions -> features, through one or several text towers.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/features/views.h"

namespace tandem {

/// Tokenizes, sorts by length so that little padding is computed, encodes, pools, and puts the rows
/// back in order.
///
/// Returns [N, F] float32, the views of all sources side by side. Captions longer than an encoder
/// takes are cut. Rows do not depend on `threads` (0: one a core).
/// Throws FileError if features come out as NaN or infinite, naming the encoder and the caption.
at::Tensor encode_texts(const std::vector<TextSource>& sources, const std::vector<std::string>& captions,
                        int threads = 0, const Progress& progress = {});

/// Captions that are encoded in part.
struct BegunTexts {
  at::Tensor features;  ///< [N, F]; rows and columns of batches that are not done hold zeros. Undefined: none is done
  std::int64_t batches = 0;  ///< done, the first ones in the order of the work: source by source, short captions first
};

/// Does the batches that are missing, until `stop` answers true. Whether all are done;
/// begun.features then is what encode_texts returns.
bool go_on_encoding_texts(BegunTexts& begun, const std::vector<TextSource>& sources,
                          const std::vector<std::string>& captions, int threads, const Progress& progress,
                          const StopAsked& stop);

}  // namespace tandem

// What a training needs of the machine's memory, compared with what the machine has before any work.
#pragma once

#include <cstdint>

#include "tandem/training/train_options.h"

namespace tandem {

/// Throws c10::ValueError if the heads' numbers alone (weights, gradients, the optimiser's two
/// moments, the best epoch's copy) need more memory than the machine has.
///
///   image_columns, text_columns  widths of the features
void check_memory(const TrainOptions& options, std::int64_t image_columns, std::int64_t text_columns);

}  // namespace tandem

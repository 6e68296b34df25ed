#include "tandem/training/train_options.h"

#include <c10/util/Exception.h>

namespace tandem {

void check_train_options(const TrainOptions& options) {
  TORCH_CHECK_VALUE(options.epochs > 0, "train_heads: epochs must be positive, got ", options.epochs);
  TORCH_CHECK_VALUE(options.batch_size > 1, "train_heads: batch_size must be at least 2, got ", options.batch_size);
  TORCH_CHECK_VALUE(options.chunk_size > 0, "train_heads: chunk_size must be positive, got ", options.chunk_size);
  TORCH_CHECK_VALUE(options.learning_rate > 0, "train_heads: learning_rate must be positive, got ",
                    options.learning_rate);
  TORCH_CHECK_VALUE(options.weight_decay >= 0, "train_heads: weight_decay must not be negative, got ",
                    options.weight_decay);
  TORCH_CHECK_VALUE(options.gradient_clip >= 0, "train_heads: gradient_clip must not be negative, got ",
                    options.gradient_clip);
  TORCH_CHECK_VALUE(options.average_decay >= 0 && options.average_decay < 1,
                    "train_heads: average_decay must be in [0, 1), got ", options.average_decay);
  TORCH_CHECK_VALUE(options.patience >= 0, "train_heads: patience must not be negative, got ", options.patience);
  TORCH_CHECK_VALUE(options.mixup >= 0, "train_heads: mixup must not be negative, got ", options.mixup);
  TORCH_CHECK_VALUE(options.structure.weight >= 0, "train_heads: the weight of structure must not be negative, got ",
                    options.structure.weight);
  TORCH_CHECK_VALUE(options.initial_scale >= 1 && options.initial_scale <= options.largest_scale,
                    "train_heads: initial_scale must be in [1, largest_scale], got ", options.initial_scale, " and ",
                    options.largest_scale);
  TORCH_CHECK_VALUE(options.image_head.embedding_width == options.text_head.embedding_width,
                    "train_heads: both heads must have one embedding_width, got ", options.image_head.embedding_width,
                    " and ", options.text_head.embedding_width);
}

}  // namespace tandem

// What a fine-tuning sees of a feature store: the pictures and captions of train, and those of dev
// behind them.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "tandem/features/feature_store.h"
#include "tandem/finetuning/finetune.h"

namespace tandem {

struct TuningMaterial {
  PairedFeatures dev;
  at::Tensor image;                     ///< [N, Fi] features of all pictures, train first
  at::Tensor text;                      ///< [M, Ft] of all captions
  std::vector<PictureSource> pictures;  ///< [N]
  std::vector<std::string> captions;    ///< [M]
  FinetunePairs pairs;
};

/// Throws FileError as select_split() of train and dev.
TuningMaterial read_tuning_material(const FeatureStore& store);

}  // namespace tandem

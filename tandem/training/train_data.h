// What a training needs of a feature store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// Features as a training reads them.
struct TrainData {
  FeatureStore store;
  PairedFeatures train;
  std::optional<PairedFeatures> dev;
};

/// Columns of features that hardly move beside the others of their view, and so are not brought to
/// deviation 1.
struct UnscaledColumns {
  std::int64_t image = 0;
  std::int64_t text = 0;
};

/// Throws FileError as select_split does, and if there is no dev picture and `no_dev` is not set.
TrainData open_train_data(const std::filesystem::path& features, bool no_dev);

/// Of the rows trained on and measured. Splits are no part of a store's plan, but another split is
/// another training.
std::string pairs_fingerprint(const TrainData& data);

/// The options as these features let them be: views and columns to pool are found, epochs 0 becomes
/// the default for so many pairs.
TrainOptions settled(TrainOptions options, const TrainData& data);

/// How many columns hardly move and so are left as they are (feature_statistics.h).
UnscaledColumns unscaled_columns(const TrainData& data, const TrainOptions& options);

}  // namespace tandem

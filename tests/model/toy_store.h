// Toy pairs as a feature store on disk.
#pragma once

#include <filesystem>

#include "tandem/features/import_features.h"
#include "training/toy_pairs.h"

namespace tandem::tests {

/// Imports toy pairs into the folder; of five pictures three are train, one dev, one test.
inline void import_toy_store(const std::filesystem::path& folder, std::int64_t images = 100) {
  const PairedFeatures pairs = toy_pairs(images, 10);
  ImportedFeatures features{.data_name = "toy", .image = pairs.image, .text = pairs.text};
  const auto partner = pairs.image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < partner.size(0); ++j) features.image_of_caption.push_back(partner[j]);
  for (std::int64_t i = 0; i < images; ++i) {
    if (i % 5 < 3) {
      features.splits.push_back(Split::kTrain);
    } else {
      features.splits.push_back(i % 5 == 3 ? Split::kDev : Split::kTest);
    }
  }
  import_features(features, folder);
}

}  // namespace tandem::tests

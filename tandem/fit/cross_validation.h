// Choices without dev pictures: settings by cross-validation by picture, weights and correction on
// pictures that are held out of training.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "tandem/features/feature_store.h"
#include "tandem/fit/fit_options.h"
#include "tandem/model/cca_solution.h"

namespace tandem {

/// Fewer training pictures than this are too few to choose anything on.
inline constexpr std::int64_t kFewestToChooseOn = 20;

/// The number of folds that options.evaluate.folds gives for so many training pictures: at most
/// one for every two pictures.
std::int64_t folds_of(const FitOptions& options, std::int64_t pictures);

struct ValidatedCca {
  CcaSettings settings;          ///< the best on average over the folds; of equally good ones the first
  std::optional<double> recall;  ///< mean of the six recalls over the folds, percent; nullopt if there was no choice
};

/// Solves for the heads once per fold on the pictures outside of it, with every setting of the
/// grid, and measures each on the fold. All captions of a picture are in its fold. A grid of one
/// setting is not measured. `progress` counts settings.
/// Throws c10::ValueError as solve_cca does.
ValidatedCca cross_validated_cca(const PairedFeatures& train, const FeatureManifest& manifest, const CcaGrid& grid,
                                 std::int64_t folds, std::uint64_t seed, const Progress& progress = {});

/// Writes the store again into `to`, with the pictures of the first fold of train as dev. The
/// features are the same files under other names.
/// Throws FileError if a file cannot be written.
void write_held_out_store(const FeatureStore& store, const std::filesystem::path& to, std::int64_t folds,
                          std::uint64_t seed);

}  // namespace tandem

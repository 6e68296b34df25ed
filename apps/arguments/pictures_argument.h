// The option --pictures: a new root for pictures that moved after encoding; and what is said of those
// that are missing.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"
#include "tandem/features/picture_places.h"

namespace tandem::apps {

/// Adds --pictures. `folder` must outlive the command.
void add_pictures_option(CLI::App& command, std::string& folder);

/// Moves the store's pictures to the folder unless that is empty. Throws as FeatureStore::move_pictures
/// does.
void move_pictures_if_given(FeatureStore& store, const std::string& folder);

/// Prints one line on standard error if pictures are missing.
void tell_missing_pictures(const MissingPictures& found);

/// The same for these pictures.
///
///   rows  of the store
void tell_missing_pictures(const FeatureStore& store, const std::vector<std::int64_t>& rows);

}  // namespace tandem::apps

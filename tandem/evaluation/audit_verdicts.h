// Verdicts of an audit, read back for the atlas.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"

namespace tandem {

/// The verdict on every caption of `shown`, "" where the file has none.
///
///   file  CSV with a line of names, among them id, caption and verdict, as 'tandem audit' writes
///         it; pairs are matched by
///         picture id and caption
///
/// Throws FileError if it cannot be read, a column is missing, a line has another number of fields,
/// or no line is about these pairs.
std::vector<std::string> read_verdicts(const std::filesystem::path& file, const FeatureManifest& manifest,
                                       const PairedFeatures& shown);

}  // namespace tandem

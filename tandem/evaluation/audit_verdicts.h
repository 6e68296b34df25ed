// Reads the verdicts of an audit for the atlas.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/features/feature_store.h"

namespace tandem {

/// The verdicts on the captions of `shown`, one per caption, [M]; "" if the file has none for a
/// caption. Pairs are matched by picture id and caption.
///
///   file      CSV as 'tandem audit' writes it; the first line names the columns, among them id,
///             caption and verdict
///   manifest  of the store that `shown` comes from
///
/// Throws FileError if the file cannot be read, a column is missing, a line has not as many fields
/// as the first, or no line is about these pairs.
std::vector<std::string> read_verdicts(const std::filesystem::path& file, const FeatureManifest& manifest,
                                       const PairedFeatures& shown);

}  // namespace tandem

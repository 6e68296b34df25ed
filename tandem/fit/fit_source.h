// Where a fit gets its features from: data and encoders that are opened and encoded, or a folder of
// features.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/data/caption_set.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/features/views.h"
#include "tandem/fit/fit_options.h"

namespace tandem {

/// Whether `source` is a folder of features, finished or not.
bool is_feature_folder(const std::filesystem::path& source);

/// The source with absolute paths, so that it means the same in any working folder. A kind in
/// front ("flickr8k:") stays.
std::string absolute_source(const std::string& source);

/// Data and encoders, opened. Both are empty if the source is a folder of features.
struct FitSource {
  std::filesystem::path features;  ///< the folder of features; empty if the source is data
  CaptionSet data;
  std::vector<ImageSource> image_sources;
  std::vector<TextSource> text_sources;
};

/// Throws FileError as read_data, open_image_source and open_text_source do; c10::ValueError if
/// options about data were given for a folder of features.
FitSource open_fit_source(const FitOptions& options);

/// A checksum of what the features are made of and which picture is in which split.
std::string features_fingerprint(const FeatureManifest& manifest);

/// The fingerprint of the features if they are finished, in `encoded` for data. nullopt if they are
/// not there, or of other data or encoders.
std::optional<std::string> found_features(FitSource& source, const std::filesystem::path& encoded);

struct FeatureWatch {
  Stages stages;
  Notice notice;
  StopAsked stop;
};

/// Encodes the data into `folder`. Finished shards are kept, and features of other data or encoders
/// are replaced. Data without splits is split by content, once.
/// Throws FileError as encode does; Stopped.
void encode_source(FitSource& source, const FitOptions& options, const std::filesystem::path& folder,
                   const FeatureWatch& watch);

/// Gives the files of the store in `from`, but for its manifest, second names in `to`. Copies them
/// if the file system has no second names.
/// Throws FileError if a file cannot be written.
void link_shards(const std::filesystem::path& from, const std::filesystem::path& to);

/// The same with the manifest, so that encode() finds a finished store there.
void link_features(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tandem

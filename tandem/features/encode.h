// A caption set and its towers -> a feature store. Work is done shard by shard, and finished shards
// are never encoded again.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/data/caption_set.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/features/views.h"

namespace tandem {

/// Several processes that fill one folder, each with its share of the shards; only the first writes
/// the manifest.
struct EncodeShare {
  std::int64_t rank = 0;
  std::int64_t count = 1;
  std::function<void()> meet;  ///< returns when all processes have called it
};

struct EncodeOptions {
  int threads = 0;                       ///< 0: one per core
  bool strict = false;                   ///< reject a picture that cannot be read instead of leaving it out
  bool overwrite = false;                ///< replace features of other data or encoders in the same folder
  std::int64_t images_per_shard = 1024;  ///< wide features have fewer (bounded_rows)
  std::int64_t captions_per_shard = 8192;
  Progress image_progress;     ///< counts pictures; those of finished shards count at once
  Progress text_progress;      ///< counts captions
  PictureFailed image_failed;  ///< told of every picture that cannot be read; the index is that in the data
  StopAsked stop = {};         ///< called before every batch; true: finished batches are kept, and Stopped is thrown
  double keep_seconds = 20;    ///< the most work that a kill can lose, in seconds and a batch; 0: every batch is kept
  EncodeShare share;           ///< all processes see the folder and get the same input
};

struct EncodeReport {
  std::int64_t shards_made = 0;
  std::int64_t shards_found = 0;  ///< finished by an earlier call
};

/// Writes shards and, last, manifest.json into `folder`, which is made if it does not exist. A
/// folder without a manifest was interrupted: a new call with the same input continues there, and
/// does nothing if everything is done. If features of other data or encoders are overwritten, they
/// stay complete until the end. The new ones are built in `.NAME.new` beside them
/// (storage/replaced_folder.h), where a new call also continues. Pictures that cannot be read are
/// left out with their captions and listed in the manifest, unless strict.
///
/// Throws FileError if the folder holds features of other data or encoders (and overwrite is off),
/// another process writes to it, every picture is unreadable, one is unreadable under strict, or a
/// file cannot be written.
EncodeReport encode(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                    const std::vector<TextSource>& text_sources, const std::filesystem::path& folder,
                    const EncodeOptions& options = {});

/// The manifest of the folder if it is the finished store of this data by these encoders, whatever
/// the splits; nothing otherwise. Opens no picture.
std::optional<FeatureManifest> finished_store(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                                              const std::vector<TextSource>& text_sources,
                                              const std::filesystem::path& folder, const EncodeOptions& options = {});

}  // namespace tandem

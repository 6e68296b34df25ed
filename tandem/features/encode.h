// A caption set and its towers -> a feature store. Encoded once, shard by shard; what is finished
// is never done again.
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

/// Several processes that fill one folder, each its share of the shards; the first one alone keeps
/// the books.
struct EncodeShare {
  std::int64_t rank = 0;
  std::int64_t count = 1;
  std::function<void()> meet;  ///< returns when all processes have called it
};

struct EncodeOptions {
  int threads = 0;         ///< 0: one a core
  bool strict = false;     ///< refuse a picture that cannot be read instead of leaving it out
  bool overwrite = false;  ///< replace features of other data or encoders in the same folder
  std::int64_t images_per_shard =
      1024;  ///< how much work a kill can cost; of wide features there are fewer (bounded_rows)
  std::int64_t captions_per_shard = 8192;
  Progress image_progress;  ///< pictures; those of finished shards count as done at once
  Progress text_progress;   ///< captions
  StopAsked stop = {};      ///< asked before every batch; true: batches that are done are kept, and Stopped is thrown
  EncodeShare share;        ///< all processes see the folder and get the same input
};

struct EncodeReport {
  std::int64_t shards_made = 0;
  std::int64_t shards_found = 0;  ///< finished by an earlier call
};

/// Writes shards and, last, manifest.json into `folder`, which is made if it is not there. A folder
/// without a manifest was interrupted; calling again with the same input goes on where it stopped,
/// and does nothing once all is done. Features of other data or encoders that are to be overwritten
/// stay whole until then: the new ones grow in `.NAME.new` beside them (storage/replaced_folder.h),
/// where calling again goes on too. Pictures that cannot be read are left out with their captions
/// and listed in the manifest, unless strict.
///
/// Throws FileError if the folder holds features of other data or encoders (and overwrite is off),
/// another process writes to it, every picture is unreadable, one is unreadable under strict, or a
/// file cannot be written.
EncodeReport encode(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                    const std::vector<TextSource>& text_sources, const std::filesystem::path& folder,
                    const EncodeOptions& options = {});

/// What the folder says of itself if it is the finished store of this very data by these encoders,
/// splits aside; nothing otherwise. Opens no picture.
std::optional<FeatureManifest> finished_store(const CaptionSet& data, const std::vector<ImageSource>& image_sources,
                                              const std::vector<TextSource>& text_sources,
                                              const std::filesystem::path& folder, const EncodeOptions& options = {});

}  // namespace tandem

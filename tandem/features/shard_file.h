// One finished piece of encoding on disk. It stores the plan it belongs to, so that a later run
// recognises its own shards.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tandem/features/encode_images.h"
#include "tandem/features/feature_manifest.h"

namespace tandem {

enum class ShardSide { kImage, kText };

/// "image-00012.safetensors"
std::string shard_name(ShardSide side, std::int64_t number);

/// Whether a file of that name is a shard of that side, complete or begun: "image-" or "text-",
/// digits, ".safetensors" at the end.
bool is_shard_name(const std::string& name, ShardSide side);

struct ShardContent {
  at::Tensor features;                      ///< [n, F]
  std::vector<UnreadableImage> unreadable;  ///< of image shards; the index counts from the shard's first picture
};

/// Writes the shard atomically, removes its begun part, and returns its entry for the manifest.
FeatureShard write_shard(const std::filesystem::path& folder, const std::string& name, const std::string& plan,
                         const ShardContent& content);

struct FoundShard {
  FeatureShard entry;
  std::vector<UnreadableImage> unreadable;
};

/// A part of a shard, kept because the work was asked to stop.
struct BegunShard {
  ShardContent content;
  std::int64_t done = 0;  ///< for pictures: number processed, the first ones; for captions: batches (BegunTexts)
};

/// Writes the part atomically beside the path of the shard `name`. write_shard removes it.
void write_begun_shard(const std::filesystem::path& folder, const std::string& name, const std::string& plan,
                       const BegunShard& begun);

/// The begun part of the shard, if there is one that is undamaged and belongs to this plan.
std::optional<BegunShard> find_begun_shard(const std::filesystem::path& folder, const std::string& name,
                                           const std::string& plan);

/// The shard of that name if it exists, is complete, and belongs to this plan; a damaged one counts
/// as missing.
std::optional<FoundShard> find_shard(const std::filesystem::path& folder, const std::string& name,
                                     const std::string& plan);

/// The plan of the first readable shard of that side, or nothing if there is none.
std::optional<std::string> plan_of_shards(const std::filesystem::path& folder, ShardSide side);

/// Removes every shard whose name is not in `kept`.
void remove_other_shards(const std::filesystem::path& folder, const std::vector<FeatureShard>& kept);

}  // namespace tandem

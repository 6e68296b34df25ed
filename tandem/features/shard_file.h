// One finished piece of encoding on disk. It carries the plan it belongs to, so that a later run
// knows its own.
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

/// Whether a file of that name is a shard of that side, whole or begun: "image-" or "text-",
/// digits, ".safetensors" at the end.
bool is_shard_name(const std::string& name, ShardSide side);

struct ShardContent {
  at::Tensor features;                      ///< [n, F]
  std::vector<UnreadableImage> unreadable;  ///< of image shards; index counted from the shard's first picture
};

/// Writes the shard atomically, removes what was kept of it while it was begun, and returns its
/// entry for the manifest.
FeatureShard write_shard(const std::filesystem::path& folder, const std::string& name, const std::string& plan,
                         const ShardContent& content);

struct FoundShard {
  FeatureShard entry;
  std::vector<UnreadableImage> unreadable;
};

/// Part of a shard, kept when its making was asked to stop.
struct BegunShard {
  ShardContent content;
  std::int64_t done = 0;  ///< of pictures: how many were looked at, the first ones; of captions: batches (BegunTexts)
};

/// Writes it atomically beside the place of the shard `name`. write_shard removes it.
void write_begun_shard(const std::filesystem::path& folder, const std::string& name, const std::string& plan,
                       const BegunShard& begun);

/// What there is of the shard, if it is whole and of this plan.
std::optional<BegunShard> find_begun_shard(const std::filesystem::path& folder, const std::string& name,
                                           const std::string& plan);

/// The shard of that name if it is there, whole, and of this plan; a damaged one counts as not
/// there.
std::optional<FoundShard> find_shard(const std::filesystem::path& folder, const std::string& name,
                                     const std::string& plan);

/// The plan that the first readable shard of that side belongs to, or nothing if there is none.
std::optional<std::string> plan_of_shards(const std::filesystem::path& folder, ShardSide side);

/// Removes every shard whose name is not in `kept`.
void remove_other_shards(const std::filesystem::path& folder, const std::vector<FeatureShard>& kept);

}  // namespace tandem

#include "tandem/features/store_entries.h"

#include "tandem/features/feature_manifest.h"
#include "tandem/features/shard_file.h"

namespace tandem {

bool is_store_entry(const std::filesystem::path& entry) {
  const std::string name = entry.filename().string();
  if (name == kManifestName || name == kSurveyName) return true;
  return is_shard_name(name, ShardSide::kImage) || is_shard_name(name, ShardSide::kText);
}

}  // namespace tandem

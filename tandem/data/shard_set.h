// Tar shards that belong together, and the list that says so. They lie in a folder of the user's,
// beside anything else.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tandem/parsing/brace_pattern.h"
#include "tandem/storage/output_lock.h"

namespace tandem {

/// Where a set's list is: "out/train-{0000..}.tar" has "out/train-set.tar.shards.json".
std::filesystem::path shard_list_file(const OpenPattern& pattern);

/// A set of shards under construction. The new shards are written into a hidden folder beside where
/// they shall be; commit() makes the set the new one by putting its list in place, one rename, and
/// then the shards. Whoever is killed on the way leaves the old set or the new one for those who
/// read by the list. Without commit() nothing is left, and an older set stays as it was.
class NewShardSet {
 public:
  /// Takes the set's lock, finishes what a killed writer has begun to put in place, and removes
  /// what one has left.
  ///
  ///   count    shards to come
  ///   replace  an older set of that name, or files of those names
  ///
  /// Throws FileError if a shard or list of that name is there (without `replace`), another process
  /// writes the same set, the pattern counts folders, or the folder cannot be written to.
  NewShardSet(const OpenPattern& pattern, std::size_t count, bool replace);
  ~NewShardSet();
  NewShardSet(const NewShardSet&) = delete;
  NewShardSet& operator=(const NewShardSet&) = delete;

  /// Where shard `number` is to be written.
  std::filesystem::path place(std::size_t number) const;

  /// Every shard must be at its place(), whole and durable. Shards that only the older set has are
  /// removed: those its list names or, if it has none, those whose numbers follow the new ones
  /// without a gap.
  void commit();

  /// The first half of commit(): from here on readers see the new set.
  void put_list();
  /// The second: the shards get their names, and the folder beside goes.
  void put_shards();

 private:
  OpenPattern pattern_;
  std::filesystem::path list_, folder_;
  std::unique_ptr<OutputLock> lock_;
  std::filesystem::path staged_;  ///< empty when there is nothing to take away
  std::vector<std::string> names_, surplus_;
};

/// All shards in a folder, sorted by name: those of every set with a list, wherever its writer was
/// interrupted, and other .tar files.
/// Throws FileError naming the list if a shard of a set is missing or of another size than was
/// written.
std::vector<std::filesystem::path> shards_in_folder(const std::filesystem::path& folder);

/// The same for shards that are named one by one, in that order; those that no list names are taken
/// as they are.
std::vector<std::filesystem::path> named_shards(const std::vector<std::string>& names);

/// Whether shards_in_folder() finds any, or a list.
bool has_shards(const std::filesystem::path& folder);

}  // namespace tandem

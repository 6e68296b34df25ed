// Sets of tar shards, each with a list that names its shards. They lie in a folder of the user's,
// which may hold other things.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tandem/parsing/brace_pattern.h"
#include "tandem/storage/output_lock.h"

namespace tandem {

/// The path of a set's list: "out/train-set.tar.shards.json" for "out/train-{0000..}.tar".
std::filesystem::path shard_list_file(const OpenPattern& pattern);

/// A set of shards under construction. The new shards are written into a hidden folder beside their
/// final place. commit() first puts the new list in place with one rename, which makes the set the
/// new one, and then moves the shards. If the process is killed in between, readers that use the
/// list see either the old set or the new one. Without commit(), nothing remains, and an older set
/// stays as it was.
class NewShardSet {
 public:
  /// Takes the set's lock, completes a replacement that a killed writer has begun, and removes what
  /// a killed writer left.
  ///
  ///   count    number of new shards
  ///   replace  whether to replace an older set of that name, or files of those names
  ///
  /// Throws FileError if a shard or list of that name exists (without `replace`), another process
  /// writes the same set, the number of the pattern is in a folder's name, or the folder cannot be
  /// written to.
  NewShardSet(const OpenPattern& pattern, std::size_t count, bool replace);
  ~NewShardSet();
  NewShardSet(const NewShardSet&) = delete;
  NewShardSet& operator=(const NewShardSet&) = delete;

  /// The path to write shard `number` to.
  std::filesystem::path place(std::size_t number) const;

  /// Puts the new set in place. Every shard must be at its place(), complete and durable. Shards
  /// that only the older set has are removed: those that its list names or, if it has no list,
  /// those whose numbers follow the new ones without a gap.
  void commit();

  /// The first half of commit(): afterwards readers see the new set.
  void put_list();
  /// The second half: the shards get their names, and the hidden folder is removed.
  void put_shards();

 private:
  OpenPattern pattern_;
  std::filesystem::path list_, folder_;
  std::unique_ptr<OutputLock> lock_;
  std::filesystem::path staged_;  ///< empty if there is nothing to remove
  std::vector<std::string> names_, surplus_;
};

/// All shards in a folder, sorted by name: those of every set with a list, even if its writer was
/// interrupted at some point, and all other .tar files.
/// Throws FileError naming the list if a shard of a set is missing or has another size than when it
/// was written.
std::vector<std::filesystem::path> shards_in_folder(const std::filesystem::path& folder);

/// The same for shards that are named one by one, in that order. Shards that no list names are
/// returned unchecked.
std::vector<std::filesystem::path> named_shards(const std::vector<std::string>& names);

/// Whether shards_in_folder() finds any, or a list.
bool has_shards(const std::filesystem::path& folder);

}  // namespace tandem

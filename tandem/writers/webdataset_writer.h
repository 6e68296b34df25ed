// Caption sets as tar shards, in the layout of webdataset and img2dataset.
#pragma once

#include "tandem/parsing/brace_pattern.h"
#include "tandem/writers/written_data.h"

namespace tandem {

/// Writes shard i of the set's pictures, options.per_shard each, to pattern.name(i), in the set's
/// order: of each picture 000000042.jpg, 000000042.txt (a caption a line) and 000000042.json ("id",
/// "captions", "split", perhaps "label"), numbered through. read_webdataset gives the same set
/// back. The same set gives the same shards. All appear together, with a list of them
/// (shard_set.h), in place of the set that options.replace allows to be replaced; when something
/// fails, that set stays. Pictures that cannot be read are left out and counted, or refused if
/// options.strict.
/// Throws FileError if a shard is already there (without options.replace), another process writes
/// the set, or it cannot be written; c10::ValueError if per_shard is below 1.
WrittenData write_webdataset(const CaptionSet& set, const OpenPattern& pattern, const WriteOptions& options);

}  // namespace tandem

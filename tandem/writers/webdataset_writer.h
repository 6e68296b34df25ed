// Caption sets as tar shards, in the layout of webdataset and img2dataset.
#pragma once

#include "tandem/parsing/brace_pattern.h"
#include "tandem/writers/written_data.h"

namespace tandem {

/// Writes the set's pictures, in the set's order, to shards of options.per_shard pictures each;
/// shard i is pattern.name(i). Each picture gives three members: 000000042.jpg, 000000042.txt (one
/// caption per line) and 000000042.json ("id", "captions", "split", and "label" if it has one). The
/// number counts through all shards. read_webdataset returns the same set. The same set gives the
/// same shards.
///
/// All shards appear together, with a list of them (shard_set.h). They take the place of an older
/// set if options.replace allows it; if anything fails, the older set stays. Pictures that cannot
/// be read are left out and counted, or rejected if options.strict is set.
///
/// Throws FileError if a shard already exists (without options.replace), another process writes the
/// set, or it cannot be written; c10::ValueError if per_shard is below 1.
WrittenData write_webdataset(const CaptionSet& set, const OpenPattern& pattern, const WriteOptions& options);

}  // namespace tandem

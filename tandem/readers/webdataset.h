// Tar shards as webdataset and img2dataset write them: members whose names are equal up to the
// first dot form one sample.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads the shards that `pattern` names: one tar file, "shards/{0000..0012}.tar", or a folder with
/// .tar files, which may also hold what img2dataset writes beside them (.parquet, _stats.json), or a
/// folder without .tar files whose subfolders hold them. A sample is a picture (has_picture_ending,
/// but not .svg) with captions in .json ("captions",
/// "caption" or "text": a string or a list) or, if that has none, in .txt (one caption per line).
/// The JSON may also have "id", "split" and "label". Nothing is unpacked: each picture's source is
/// a part of its shard.
///
/// Without "id", the id is "SHARD/MEMBER.jpg"; SHARD is the shard's path below the folder that all
/// shards are in ("train/0001"). Without "split", the split comes from the name of the shard or its
/// folder ("train-0000.tar", "val/00.tar"). If no name gives a split, all pictures are split by the
/// hash of their ids.
///
/// Left out and counted: shards that are missing or cut (members before the cut are read), pictures in formats that
/// tandem does not read, members that are links or lead out of the shard, samples without a picture or caption, and
/// invalid JSON.
///
/// Throws FileError if the pattern names nothing, or nothing is left.
CaptionSet read_webdataset(const std::string& pattern);

/// Whether the path can only mean tar shards: it ends in ".tar", or is a folder that holds .tar
/// files, or whose subfolders do.
bool is_webdataset(const std::string& path);

}  // namespace tandem

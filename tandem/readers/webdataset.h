// Tar shards as webdataset and img2dataset write them: members of one name before the first dot are
// one sample.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

/// Reads the shards that `pattern` names: one tar file, "shards/{0000..0012}.tar", or a folder with
/// .tar files. A sample is a picture (.jpg, .jpeg, .png, .webp) with captions in .json ("captions",
/// "caption" or "text": a string or a list) or, if that has none, in .txt (a caption a line). The
/// JSON may also have "id", "split" and "label". Nothing is unpacked: pictures are stretches of
/// their shards. Without an id it is "SHARD/MEMBER.jpg", SHARD being the shard's path below the
/// folder that all shards are in ("train/0001"). Without a split, the shard's or its folder's name
/// tells it ("train-0000.tar", "val/00.tar"); if that tells nothing for any of them, they are split
/// by the hash of their ids. Shards that are missing or cut (what comes before the cut is read),
/// members that are links or lead out of the shard, samples without a picture or caption, and JSON
/// that is none are left out and counted.
/// Throws FileError if the pattern names nothing, or nothing is left.
CaptionSet read_webdataset(const std::string& pattern);

/// Whether the path can only mean tar shards: it ends in ".tar", or is a folder that holds .tar
/// files.
bool is_webdataset(const std::string& path);

}  // namespace tandem

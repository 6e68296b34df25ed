// A copy of a file that goes its own way.
#pragma once

#include <filesystem>

namespace tandem {

/// Copies a regular file, or the one that a link leads to, to a name that is free. File systems
/// that can (btrfs, XFS) let the two share their blocks until one is changed; elsewhere it is as
/// many bytes again. Never a hard link: what is written into one file is not seen in the other.
/// Throws FileError if `from` is no file that can be read, anything has the name `to` already (a
/// link too), or the disk is full; nothing is then left at `to`.
void copy_to_new_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tandem

// A copy of a file that is independent of the original.
#pragma once

#include <filesystem>

namespace tandem {

/// Copies a regular file, or the file that a link leads to, to a new name. Some file systems
/// (btrfs, XFS) let the two share their blocks until one is changed; elsewhere the copy needs as
/// many bytes again. The copy is never a hard link: a change to one file does not reach the other.
/// Throws FileError if `from` cannot be read as a file, if anything has the name `to` already (a
/// link too), or if the disk is full; nothing is then left at `to`.
void copy_to_new_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace tandem

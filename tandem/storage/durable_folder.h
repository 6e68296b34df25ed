// Makes a folder's files survive a power cut before the folder gets its name.
#pragma once

#include <cstdint>
#include <filesystem>

namespace tandem {

/// Makes a file durable, or the names in a folder. Throws FileError if the disk does not take it.
void make_durable(const std::filesystem::path& path);

/// Makes everything in a folder durable, files first. Up to 64 files and folders are synced one by
/// one. For more, the whole file system is synced once, because syncing 100,000 files one by one
/// takes a minute. Returns the number of syncs.
/// Throws FileError if the disk does not accept the data.
std::int64_t make_folder_durable(const std::filesystem::path& folder);

/// Makes the names in a folder durable, for example after a rename. Does nothing if the file system
/// does not let folders be opened.
void make_names_durable(const std::filesystem::path& folder);

}  // namespace tandem

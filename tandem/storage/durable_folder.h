// A folder whose files survive a power cut, before it gets its name.
#pragma once

#include <cstdint>
#include <filesystem>

namespace tandem {

/// Makes a file durable, or the names in a folder. Throws FileError if the disk does not take it.
void make_durable(const std::filesystem::path& path);

/// Makes all of a folder durable, its files first. A few files are waited for one by one; for many
/// files the whole file system is waited for once: a wait for each of 100,000 takes a minute.
/// Returns the number of waits. Throws FileError if the disk does not take it.
std::int64_t make_folder_durable(const std::filesystem::path& folder);

/// Makes the names in a folder durable, such as after a rename, as far as the file system lets
/// folders be opened.
void make_names_durable(const std::filesystem::path& folder);

}  // namespace tandem

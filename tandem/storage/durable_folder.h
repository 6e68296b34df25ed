// A folder whose files survive a power cut, before it gets its name.
#pragma once

#include <filesystem>

namespace tandem {

/// Makes all of a folder durable, its files first. Throws FileError if the disk does not take it.
void make_folder_durable(const std::filesystem::path& folder);

/// Makes the names in a folder durable, such as after a rename, as far as the file system lets folders be opened.
void make_names_durable(const std::filesystem::path& folder);

}  // namespace tandem

// Names that others chose for files that shall lie in a folder of ours.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// Whether `name` is a relative path of plain parts, so that FOLDER/name is below FOLDER.
bool stays_in_folder(std::string_view name);

/// The same of a name without folders.
bool is_plain_name(std::string_view name);

/// The name. Throws FileError naming `file`, which it was read from, and `what` it names ("a
/// shard") unless it stays in its folder.
const std::string& checked_inner_name(const std::string& name, std::string_view what,
                                      const std::filesystem::path& file);

/// A place that is only read from and may lie anywhere. Throws FileError unless it is an absolute
/// path, or a relative one that stays in its folder.
const std::string& checked_place(const std::string& place, std::string_view what, const std::filesystem::path& file);

}  // namespace tandem

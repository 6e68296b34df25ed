// Checks names from outside for files that must lie in one of our folders.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// Whether FOLDER/name is below FOLDER: `name` is a relative path of at most 1024 bytes without
/// empty parts, "." or "..", and without backslashes and control characters.
bool stays_in_folder(std::string_view name);

/// Whether `name` is such a path without folders.
bool is_plain_name(std::string_view name);

/// Returns `name`. Throws FileError unless it stays in its folder. The error names `file`, which
/// the name was read from, and `what` it names ("a shard").
const std::string& checked_inner_name(const std::string& name, std::string_view what,
                                      const std::filesystem::path& file);

/// Returns `place`, a path that is only read from and may lie anywhere. Throws FileError unless it
/// is an absolute path, or a relative one that stays in its folder.
const std::string& checked_place(const std::string& place, std::string_view what, const std::filesystem::path& file);

}  // namespace tandem

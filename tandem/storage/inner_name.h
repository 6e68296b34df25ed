// Names that others chose for files that shall lie in a folder of ours.
#pragma once

#include <string_view>

namespace tandem {

/// Whether `name` is a relative path of plain parts, so that FOLDER/name is below FOLDER.
bool stays_in_folder(std::string_view name);

}  // namespace tandem

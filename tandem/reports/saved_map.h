// A joint map in a file, so that other pictures and captions can be placed on it later.
#pragma once

#include <filesystem>

#include "tandem/maps/joint_projection.h"

namespace tandem {

/// Writes rows, points, means and options (doc/file_formats.md). An older file stays until the new
/// one is complete. Throws FileError if the file cannot be written.
void write_saved_map(const std::filesystem::path& path, const JointProjection& map,
                     const JointProjectionOptions& options);

/// Reads a map that write_saved_map wrote. Throws FileError if the file is not a saved map or is
/// damaged.
JointProjection read_saved_map(const std::filesystem::path& path);

}  // namespace tandem

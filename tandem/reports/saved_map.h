// A joint map in a file, so that other pictures and captions can be placed on it later.
#pragma once

#include <filesystem>

#include "tandem/maps/joint_projection.h"

namespace tandem {

/// Writes rows, points, means and options (doc/file_formats.md), whole or not at all. Throws
/// FileError if it cannot be written.
void write_saved_map(const std::filesystem::path& path, const JointProjection& map,
                     const JointProjectionOptions& options);

/// Throws FileError if the file is no saved map, or damaged.
JointProjection read_saved_map(const std::filesystem::path& path);

}  // namespace tandem

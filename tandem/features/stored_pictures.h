// Where the pictures are, as a feature store's manifest records it.
#pragma once

#include <filesystem>
#include <vector>

#include "tandem/images/picture_source.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Two or three fields of a JSON object: "file", a list with one entry per picture, named below
/// "root", the pictures' common folder (null if there is none), and "root_from_store", the way there
/// from the store's own folder, if both lie in one folder other than "/".
Json stored_pictures(const std::vector<PictureSource>& pictures, const std::filesystem::path& store);

/// The pictures of such an object, with absolute names. If the root is gone but its way from the
/// store leads to a folder, pictures are there: store and data were moved together. Lists without a
/// root, as versions before 3 wrote them, hold absolute names.
/// Throws FileError naming `file` if a field has another form or a name leads out of the root.
std::vector<PictureSource> pictures_from_json(const Json& object, const std::filesystem::path& store,
                                              const std::filesystem::path& file);

}  // namespace tandem

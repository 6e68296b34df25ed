// Caption sets as a table with a folder of pictures.
#pragma once

#include <filesystem>

#include "tandem/writers/written_data.h"

namespace tandem {

/// Writes the pictures to the folder "STEM_pictures" beside `file`, STEM.csv. Then writes the table
/// with the columns image, caption, split, image_id and (if any picture has one) label, one row per
/// caption. read_table returns the same set. The name of a picture is its id if that can be a file
/// name, with the ending that fits its bytes. Table and pictures appear together.
///
/// With options.replace the older table and its pictures stay until the new ones are complete. So
/// the new folder is "STEM_pictures_2" if the older one is "STEM_pictures"; the older folder is
/// then removed. Pictures that cannot be read are left out and counted, or rejected if
/// options.strict is set.
///
/// Throws FileError if the table or the folder already exists (without options.replace), another
/// process writes the same table, or it cannot be written.
WrittenData write_csv(const CaptionSet& set, const std::filesystem::path& file, const WriteOptions& options);

}  // namespace tandem

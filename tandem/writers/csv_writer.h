// Caption sets as a table with a folder of pictures.
#pragma once

#include <filesystem>

#include "tandem/writers/written_data.h"

namespace tandem {

/// Writes the pictures to the folder "STEM_pictures" beside `file`, STEM.csv, and then the table
/// with the columns image, caption, split, image_id and (if any picture has one) label, a row a
/// caption. read_table gives the same set back. Pictures have their ids as names where those can be
/// file names, with the ending that fits their bytes. Table and pictures appear together. With
/// options.replace the older table and its pictures stay until then, so the new folder is
/// "STEM_pictures_2" if the older one has the plain name; the older folder is then removed.
/// Pictures that cannot be read are left out and counted, or refused if options.strict.
/// Throws FileError if the table or the folder is already there (without options.replace), another
/// process writes the same table, or it cannot be written.
WrittenData write_csv(const CaptionSet& set, const std::filesystem::path& file, const WriteOptions& options);

}  // namespace tandem

// Features and their lists in files of other programs, or as export_features writes them, read for
// import_features.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/features/import_features.h"

namespace tandem {

/// Where everything is; what is empty is not there.
struct ImportFiles {
  std::string data_name = "imported";
  std::string made_by = {};                                       ///< as in ImportedFeatures
  std::vector<std::string> image = {};                            ///< files as read_feature_rows takes them
  std::vector<std::string> text = {};                             ///< the same, of captions
  std::vector<TokenColumns> image_tokens = {}, text_tokens = {};  ///< columns that hold tokens
  std::string ids = {};                                           ///< as read_ids takes it
  std::string captions = {};                                      ///< as read_captions takes it
  std::string image_of_caption = {};                              ///< as read_row_numbers takes it
  std::string split = {};                                         ///< as read_splits takes it
  std::string pictures = {};                                      ///< folder of the pictures' files
};

/// `given`, with what export_features wrote into `folder` for everything that is empty.
/// Throws FileError if the folder holds no export, or its tokens.json is damaged.
ImportFiles with_exported(ImportFiles given, const std::filesystem::path& folder);

/// Reads the files. Captions that name their pictures by id belong to those, unless there is a file
/// of row numbers. Throws FileError as the functions of feature_files.h do, and if a caption names
/// an id that is not there.
ImportedFeatures read_import_files(const ImportFiles& files);

}  // namespace tandem

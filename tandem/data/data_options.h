// Options for reading data, in addition to its place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tandem/parsing/table_columns.h"

namespace tandem {

struct DataOptions {
  bool strict = false;            ///< reject data with defects instead of leaving the defects out
  std::int64_t limit = 0;         ///< number of pictures to keep (selection.h); 0: all
  std::int64_t per_category = 0;  ///< number of pictures of each class to keep; 0: all
  std::uint64_t seed = 0;         ///< for the choice of pictures and of templates for generated captions
  std::filesystem::path
      templates;  ///< file with one caption per line, {} for the class (caption_templates.h); empty: the defaults
  ColumnChoice columns = {};   ///< of tables; empty: by their usual names
  std::string delimiter = {};  ///< of tables (separator_named); empty: told by their first records
};

}  // namespace tandem

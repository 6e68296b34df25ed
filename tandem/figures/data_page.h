// The content of a data set and its problems, as one self-contained page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tandem/figures/page_picture.h"

namespace tandem {

struct DataPageFinding {
  std::string severity;  ///< "error", "warning" or "note"; selects the colour
  std::string what;
  std::int64_t count = 0;
  std::vector<std::string> names;
};

struct DataPagePicture {
  PagePicture picture;
  std::string split;
  std::string size;
  std::string caption;
};

/// Pictures to be compared, side by side.
struct DataPageGroup {
  std::string title;
  bool leaks = false;  ///< in several splits: shown as an error
  std::vector<DataPagePicture> pictures;
};

/// Horizontal bars, one per name.
struct DataPageTable {
  std::string title;
  std::vector<std::pair<std::string, std::int64_t>> bars;
};

struct DataPage {
  std::string title;
  std::string note;
  std::vector<std::string> remarks = {};
  std::vector<DataPageFinding> findings = {};
  std::vector<DataPageTable> tables = {};
  std::vector<DataPageGroup> groups = {};
  std::vector<DataPagePicture> odd = {};
  std::string samples_note = {};  ///< one sentence above the samples: how they were chosen
  std::vector<DataPagePicture> samples = {};
};

/// Writes the page; it needs no network. Parts without entries are left out. Throws c10::ValueError if a thumbnail is
/// not a data:image/ URI; FileError if `out` does not end in .html or cannot be written.
void write_data_page(const std::filesystem::path& out, const DataPage& page);

}  // namespace tandem

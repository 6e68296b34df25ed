// What a sweep chooses among: options that all trials share, named cases, lists whose product is
// the grid, ranges that random search draws from. doc/sweep.md has the file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tandem/sweep/toml_file.h"

namespace tandem {

/// Options by the names they have in run.json, "loss.kind"; "head.dropout" is both heads'.
using NamedValues = std::vector<std::pair<std::string, Json>>;

struct SweepCase {
  std::string name;
  NamedValues values;
};

struct SweepList {
  std::string option;
  std::vector<Json> values;
};

struct SweepRange {
  std::string option;
  bool logarithmic = false;  ///< uniform in the logarithm
  bool whole = false;        ///< whole numbers, both ends included
  double low = 0;
  double high = 0;
};

struct SearchSpace {
  TomlFile file;
  NamedValues options;
  std::vector<SweepCase> cases;  ///< empty: one, that changes nothing
  std::vector<SweepList> lists;
  std::vector<SweepRange> ranges;
};

/// Throws FileError naming line and key if an option is unknown or of another type, a list is empty
/// or an entry is listed twice, a range is not one, a case has no name or that of another, an
/// option is set in two places, a grid has more than 100,000 combinations, or the file says
/// anything else.
SearchSpace read_search_space(const std::filesystem::path& path);

}  // namespace tandem

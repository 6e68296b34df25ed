// The search space of a sweep: options that all trials share, named cases, lists whose product is
// the grid, and ranges that random search draws from. doc/sweep.md describes the file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tandem/sweep/toml_file.h"

namespace tandem {

/// Options and their values under their names in run.json ("loss.kind"); "head.dropout" means both
/// heads.
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
  bool logarithmic = false;  ///< draws are uniform in the logarithm
  bool whole = false;        ///< draws are whole numbers, both ends included
  double low = 0;
  double high = 0;
};

struct SearchSpace {
  TomlFile file;
  NamedValues options;
  std::vector<SweepCase> cases;  ///< empty: one case that changes nothing
  std::vector<SweepList> lists;
  std::vector<SweepRange> ranges;
};

/// Reads the TOML file of a sweep.
/// Throws FileError naming line and key if an option is unknown or its value has another type; if a
/// list is empty or holds an entry twice; if a range is not valid; if a case has no name or the
/// name of another case; if an option is set in two places; if the grid has more than 100,000
/// combinations; or if the file has any other key.
SearchSpace read_search_space(const std::filesystem::path& path);

}  // namespace tandem

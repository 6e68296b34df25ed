// What a sweep tries: options that all trials share, named cases, lists whose product is the grid,
// ranges that random search draws from. Bergstra & Bengio (JMLR 13, 2012) give the reasons for
// random search. doc/sweep.md has the file.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tandem/sweep/toml_file.h"
#include "tandem/training/train_options.h"

namespace tandem {

/// One way to train, whatever the seed.
struct Configuration {
  std::string label;     ///< what it differs in: "siglip, head.dropout=0.4"
  TrainOptions options;  ///< epochs 0: as many as `tandem train` takes for so many pairs
};

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

/// Every case with every combination of the lists, the last option varying fastest. Where a list's
/// option means nothing to the loss or head of a combination (option_use.h) it is left out there,
/// and combinations that then are the same are one.
/// Throws FileError if no configuration uses an option that the file sets; if there are ranges,
/// which only random search can draw from, or a combination's options are out of range or do not go
/// together.
std::vector<Configuration> grid_configurations(const SearchSpace& space);

/// `count` draws: a case, an entry of each list and a number from each range. Draw i follows from
/// the seed and i alone, so that more of them begin with the same; one that was drawn before is
/// left out. Throws FileError as grid_configurations does.
std::vector<Configuration> random_configurations(const SearchSpace& space, std::int64_t count, std::uint64_t seed);

}  // namespace tandem

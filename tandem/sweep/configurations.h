// The trainings that a sweep tries: its whole grid, or draws from it. Bergstra & Bengio (JMLR 13,
// 2012) give the reasons for random search.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/sweep/search_space.h"
#include "tandem/training/train_options.h"

namespace tandem {

/// One way to train, whatever the seed.
struct Configuration {
  std::string label;     ///< what it differs in: "siglip, head.dropout=0.4"
  TrainOptions options;  ///< epochs 0: as many as `tandem train` takes for so many pairs
};

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

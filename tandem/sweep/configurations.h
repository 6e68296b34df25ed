// The configurations that a sweep tries: the whole grid, or random draws from it. For the reasons
// for random search see Bergstra & Bengio (JMLR 13, 2012).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/sweep/search_space.h"
#include "tandem/training/train_options.h"

namespace tandem {

/// One way to train, without the seed.
struct Configuration {
  std::string label;     ///< how it differs from the others: "siglip, head.dropout=0.4"
  TrainOptions options;  ///< epochs 0: the default of `tandem train` for the number of pairs
};

/// Every case with every combination of the lists; the last option varies fastest. If the loss or
/// head of a combination does not use an option (option_use.h), the option is left out of that
/// combination. Combinations that are then equal are returned once.
/// Throws FileError if the file sets an option that no configuration uses; if the file has ranges,
/// which only random search can use; or if the options of a combination are out of range or exclude
/// each other.
std::vector<Configuration> grid_configurations(const SearchSpace& space);

/// Draws `count` configurations: for each a case, one entry of each list and one number from each
/// range. Draw i depends only on the seed and on i, so a larger `count` begins with the same draws.
/// A configuration that was drawn before is left out, so fewer than `count` may be returned.
/// Throws FileError as grid_configurations does, except that ranges are allowed.
std::vector<Configuration> random_configurations(const SearchSpace& space, std::int64_t count, std::uint64_t seed);

}  // namespace tandem

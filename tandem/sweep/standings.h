// Orders configurations by dev recall and tests whether other pictures could have given another
// order.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/retrieval/bootstrap.h"
#include "tandem/sweep/trial_files.h"

namespace tandem {

/// Mean and deviation of a number over seeds.
struct Spread {
  double mean = 0;
  double deviation = 0;  ///< standard deviation of the sample (n - 1); 0 with one seed
};

/// Throws c10::ValueError if `numbers` is empty.
Spread spread(const std::vector<double>& numbers);

struct Standing {
  std::size_t configuration = 0;  ///< its index in `trials`
  Spread dev_recall;              ///< mean of the six recalls, percent
  // Compared with the best configuration: the mean over seeds of the mean of the six recalls, by
  // the paired bootstrap over pictures.
  double difference = 0;  ///< this one's minus the best one's, percent; 0 for the best
  Interval interval;      ///< of the difference
  double p = 1;           ///< two_sided_p
};

/// The configurations from best to worst by mean recall on dev; of equal ones the earlier comes
/// first.
///
///   trials         one list per configuration with one trial per seed; all of the same dev split
///   image_of_text  [M] int64 of dev
///
/// Intervals and p are about the choice of pictures only. `Spread::deviation` shows how much the
/// recall varies between seeds.
/// Throws c10::ValueError if a configuration has no trial or if ranks do not fit the split.
std::vector<Standing> standings(const std::vector<std::vector<Trial>>& trials, const at::Tensor& image_of_text,
                                const BootstrapOptions& options = {});

}  // namespace tandem

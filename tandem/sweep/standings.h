// Who is best on dev, by how much, and whether other pictures could have said otherwise.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/retrieval/bootstrap.h"
#include "tandem/sweep/trial_files.h"

namespace tandem {

/// A number over seeds.
struct Spread {
  double mean = 0;
  double deviation = 0;  ///< of the sample (n - 1); 0 with one seed
};

/// Throws c10::ValueError if there is no number.
Spread spread(const std::vector<double>& numbers);

struct Standing {
  std::size_t configuration = 0;  ///< its place in what was asked
  Spread dev_recall;
  // Against the best, by the paired bootstrap over pictures of the mean over seeds of the mean of
  // the six recalls.
  double difference = 0;  ///< this one's minus the best one's; 0 of the best itself
  Interval interval;      ///< of the difference
  double p = 1;           ///< two_sided_p
};

/// Configurations from the best to the worst by mean recall on dev, the earlier of equals first.
///   trials         a list a configuration, its seeds; all measured on the same dev split
///   image_of_text  [M] int64 of dev
/// The verdict is about pictures alone: that other seeds could have changed it, the deviations
/// tell.
/// Throws c10::ValueError if a configuration has no trial or ranks do not fit the split.
std::vector<Standing> standings(const std::vector<std::vector<Trial>>& trials, const at::Tensor& image_of_text,
                                const BootstrapOptions& options = {});

}  // namespace tandem

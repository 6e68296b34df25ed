// Finds leaks: measured pictures that the model has seen, because train or dev holds the same
// picture or one that is nearly identical.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/embedded_split.h"

namespace tandem {

struct Leak {
  std::string id;          ///< of the measured picture
  std::string seen_id;     ///< of the picture in train or dev
  std::string seen_split;  ///< "train" or "dev"
  std::string how;         ///< "equal features", "the same bytes", "nearly identical"
};

struct LeakReport {
  std::vector<Leak> leaks;  ///< at most one per measured picture, in their order
  std::string unchecked;    ///< why nothing was compared; empty if it was
};

/// Compares the measured features bit by bit with those of train and dev in the features that the
/// run was trained on. It finds a picture that occurs twice, but not a recompressed one. Takes
/// milliseconds. Nothing is compared, and `unchecked` gives the reason, if `split` is train, dev or
/// all, or if the features of training are missing.
LeakReport equal_features(const EmbeddedSplit& embedded, const std::string& split);

/// Compares what the pictures show (duplicate_groups). Looks at every picture once and keeps the
/// result beside the features (kept_survey). Nothing is compared if `split` is train, dev or all.
/// Throws FileError if a picture cannot be read, if the pictures are not known, or if the features
/// of training are missing.
LeakReport look_alikes(const EmbeddedSplit& embedded, const std::string& split, const Stages& stages,
                       const Notice& notice);

/// A sentence with the number of leaks and the ids of the first five.
std::string leak_sentence(const LeakReport& report);

}  // namespace tandem

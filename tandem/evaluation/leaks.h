// Pictures that are measured although the model has seen them: the same, or nearly, in train or
// dev.
#pragma once

#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/embedded_split.h"

namespace tandem {

struct Leak {
  std::string id;       ///< of the picture that is measured
  std::string seen_id;  ///< of the one in train or dev
  std::string seen_split;
  std::string how;  ///< "equal features", "the same bytes", "nearly identical"
};

struct LeakReport {
  std::vector<Leak> leaks;  ///< one a measured picture, in their order
  std::string unchecked;    ///< why nothing could be compared; empty if it was
};

/// Compares features bit by bit with those of train and dev of the features the run was trained on:
/// the same picture twice is found, a recompressed one is not. Takes milliseconds. Nothing is held
/// out if `split` is train, dev or all.
LeakReport equal_features(const EmbeddedSplit& embedded, const std::string& split);

/// Compares what the pictures show (duplicate_groups); looks at every picture once and keeps what
/// it saw beside the features.
/// Throws FileError if a picture cannot be looked at, or the pictures or features of training are
/// not known.
LeakReport look_alikes(const EmbeddedSplit& embedded, const std::string& split, const Stages& stages,
                       const Notice& notice);

/// A sentence with the first few names.
std::string leak_sentence(const LeakReport& report);

}  // namespace tandem

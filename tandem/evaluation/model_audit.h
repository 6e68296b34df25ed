// Audits the pairs of a split: every pair is judged by heads that were not trained on its picture.
// doc/audit.md explains each number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tandem/audit/pair_audit.h"
#include "tandem/audit/planted_swaps.h"
#include "tandem/audit/twin_captions.h"
#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/features/feature_store.h"
#include "tandem/model/model.h"

namespace tandem {

struct AuditOptions {
  std::filesystem::path features;  ///< made by the same encoders; empty: those that the model was trained on
  std::string split = "test";      ///< a name that split_choice takes
  std::int64_t folds = 5;          ///< for the pictures of the split train; at least 2
  std::int64_t epochs = 0;         ///< of the heads that judge a fold; 0: as many as for the model's heads
  double planted_share = 0;        ///< share of the captions that are first swapped between pictures; 0: none
  std::uint64_t seed = 0;          ///< of the folds, the planted swaps and the mismatches that are learned from
  std::filesystem::path pictures =
      {};  ///< new root of the pictures (picture_places.h); empty: they are where they were
};

/// How well the list finds the captions that were swapped on purpose.
struct PlantedResult {
  PlantedSwaps swaps;
  double share = 0;  ///< of the captions, as asked for
  std::uint64_t seed = 0;
  double average_precision = 0;  ///< from 0 to 1
  double by_similarity = 0;      ///< the same for a list in the order of cosine similarity
  double chance = 0;             ///< the same for a list in random order
};

struct ModelAudit {
  FeatureStore store;
  PairedFeatures pairs;  ///< the judged pairs; rows in `audit` and `twins` are rows of these
  std::string split;
  std::int64_t folds = 0;         ///< 0 if nothing was cross-fitted
  std::int64_t cross_fitted = 0;  ///< number of cross-fitted pictures
  bool shuffled = false;          ///< the model is the control, trained on shuffled pairs
  std::string left_out;           ///< which pictures could not be judged, and why; empty: all were
  std::int64_t left_out_images = 0;
  PairAudit audit;
  TwinList twins;
  std::optional<PlantedResult> planted;

  /// The number of pairs with this verdict.
  std::int64_t count(Verdict verdict) const;
};

/// Judges every pair of the split. Pictures of the split train are judged by cross-fitting: the
/// heads for each fold are made from the other folds only, in the same way as the model's heads
/// (for an ensemble, as those of its first member). All other pictures are judged by the model's
/// own heads. Two stages: making fold heads, comparing captions. `stop` is called between folds and
/// between steps of their training.
/// Throws FileError as Model::split does; c10::ValueError if too few pictures can be judged, or if
/// the options do not fit the split or the model; Stopped after `stop` returned true.
ModelAudit audit_model(const Model& model, const AuditOptions& options, const Stages& stages = {},
                       const StopAsked& stop = {});

}  // namespace tandem

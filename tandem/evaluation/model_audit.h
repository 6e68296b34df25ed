// An audit of a trained model: every pair of a split judged by heads that never saw its picture.
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
  std::filesystem::path features;  ///< by the same encoders; empty: those that the model was trained on
  std::string split = "test";      ///< as split_choice takes it
  std::int64_t folds = 5;          ///< of the pictures of the split train, at least 2
  std::int64_t epochs = 0;         ///< of the heads that judge a fold; 0: as many as the model's
  double planted_share = 0;        ///< share of the captions to swap between pictures first; 0: none
  std::uint64_t seed = 0;          ///< of folds, planted swaps and the mismatches that are learned from
};

/// How many of the captions that were swapped on purpose the list finds.
struct PlantedResult {
  PlantedSwaps swaps;
  double share = 0;
  std::uint64_t seed = 0;
  double average_precision = 0;
  double by_similarity = 0;  ///< the same if the list were in the order of cosine similarity alone
  double chance = 0;         ///< of a list in random order
};

struct ModelAudit {
  FeatureStore store;
  PairedFeatures pairs;  ///< rows of `audit` and `twins`
  std::string split;
  std::int64_t folds = 0;         ///< 0: nothing was cross-fitted
  std::int64_t cross_fitted = 0;  ///< pictures
  bool shuffled = false;          ///< the model is the control
  std::string left_out;           ///< what of the split could not be judged, and why; empty: nothing
  std::int64_t left_out_images = 0;
  PairAudit audit;
  TwinList twins;
  std::optional<PlantedResult> planted;

  /// Pairs of that verdict.
  std::int64_t count(Verdict verdict) const;
};

/// Judges every pair of the split. Pictures of the split train are judged by cross-fitting: the heads
/// of each fold are made as the model's were (of an ensemble, as its first member's), from the other
/// folds only. All other pictures are judged by the model's own heads. Two stages: making fold heads,
/// comparing captions. `stop` is asked between folds and between steps of their training.
/// Throws FileError as Model::split does; c10::ValueError if too few pictures can be judged, or the
/// options do not fit the split or the model; Stopped when it was asked to stop.
ModelAudit audit_model(const Model& model, const AuditOptions& options, const Stages& stages = {},
                       const StopAsked& stop = {});

}  // namespace tandem

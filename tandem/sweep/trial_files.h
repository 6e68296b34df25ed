// Finished trials of a sweep on disk: `trials/NAME.json`, there or not, and while they may be
// needed `trials/NAME.safetensors`, their heads. doc/file_formats.md has every field.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tandem/retrieval/recall.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// One training, and how dev found it.
struct Trial {
  TrainOptions options;  ///< seed included
  double dev_recall = 0;
  std::int64_t best_epoch = 0;
  double logit_scale = 0;
  std::vector<EpochReport> epochs;
  RetrievalRanks dev_ranks;  ///< query by query, for comparisons in pairs
  std::string
      failure;  ///< why there is nothing of all that: loss or gradients stopped being finite; empty: it was trained
};

/// A name that stands for options, seed, and data: another name, another trial.
///   data  fingerprint of the features and the pairs trained on and measured
std::string trial_name(const TrainOptions& options, const std::string& data);

/// The trials of one sweep's folder.
class TrialFiles {
 public:
  /// Makes FOLDER/trials if it is not there, and removes the temporaries of a killed process:
  /// FOLDER is locked by the caller.
  explicit TrialFiles(const std::filesystem::path& folder);

  /// The heads first, then the record; a trial without its record is not finished.
  void write(const std::string& name, const Trial& trial, const ProjectionHead& image,
             const ProjectionHead& text) const;
  /// The record of a trial that failed.
  void write_failed(const std::string& name, const Trial& trial) const;

  /// Nothing where there is none. Throws FileError if the file is damaged or of another version.
  std::optional<Trial> read(const std::string& name) const;

  bool has_heads(const std::string& name) const;
  /// Throws FileError if they are missing, damaged, or not those of the trial's options.
  TrainedHeads read_heads(const std::string& name, const Trial& trial) const;
  void remove_heads(const std::string& name) const;

  /// How many finished trials there are, of whatever grid.
  std::int64_t count() const;

 private:
  void write_record(const std::string& name, const Trial& trial) const;
  std::filesystem::path record(const std::string& name) const;
  std::filesystem::path heads(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace tandem

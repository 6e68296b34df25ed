// The finished trials of a sweep on disk: `trials/NAME.json` and, as long as they may be needed,
// the heads in `trials/NAME.safetensors`. doc/file_formats.md lists every field.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tandem/retrieval/recall.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// One training and its measures on dev.
struct Trial {
  TrainOptions options;   ///< including the seed
  double dev_recall = 0;  ///< mean of the six recalls of the best epoch, percent
  std::int64_t best_epoch = 0;
  double logit_scale = 0;
  std::vector<EpochReport> epochs;
  RetrievalRanks dev_ranks;  ///< of the best epoch, for paired comparisons
  std::string failure;       ///< why training failed (loss or gradients not finite); empty: it was trained
};

/// The name of a trial: a checksum of its options, its seed and its data.
///
///   data  fingerprint of the features and of the pairs of train and dev
std::string trial_name(const TrainOptions& options, const std::string& data);

/// The files of the trials in a sweep's folder.
class TrialFiles {
 public:
  /// Makes FOLDER/trials if it does not exist, and removes temporary files that a killed process
  /// left. The caller must have locked FOLDER. Throws FileError if the folder cannot be made.
  explicit TrialFiles(const std::filesystem::path& folder);

  /// Writes the heads and then the record. A trial without a record is not finished.
  /// Throws FileError if a file cannot be written.
  void write(const std::string& name, const Trial& trial, const ProjectionHead& image,
             const ProjectionHead& text) const;
  /// Writes the record of a trial that failed. Throws as `write` does.
  void write_failed(const std::string& name, const Trial& trial) const;

  /// The trial of this name, or nullopt if it has no record.
  /// Throws FileError if the file is damaged or of another version.
  std::optional<Trial> read(const std::string& name) const;

  /// Whether the heads of the trial are still there.
  bool has_heads(const std::string& name) const;
  /// The trial with its heads. Throws FileError if the heads are missing or damaged, or do not fit
  /// the trial's options.
  TrainedHeads read_heads(const std::string& name, const Trial& trial) const;
  void remove_heads(const std::string& name) const;

  /// The number of finished trials in the folder, including those of other grids.
  std::int64_t count() const;

 private:
  void write_record(const std::string& name, const Trial& trial) const;
  std::filesystem::path record(const std::string& name) const;
  std::filesystem::path heads(const std::string& name) const;

  std::filesystem::path folder_;
};

}  // namespace tandem

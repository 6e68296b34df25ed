// A run from features: heads trained with logs and checkpoints in the run's folder, and gone on
// with after an interruption.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tandem/base/stop.h"
#include "tandem/model/run_place.h"
#include "tandem/training/checkpoint_keeper.h"
#include "tandem/training/train_data.h"
#include "tandem/training/trainer.h"

namespace tandem {

/// A training of a run, about to begin or to go on.
struct RunTraining {
  std::filesystem::path out;  ///< folder of the run
  TrainData data;
  TrainOptions options;                     ///< settled for the data
  TrainOrigin origin;                       ///< `view` says "no_dev" and "tensorboard"
  std::optional<TrainingState> state = {};  ///< to go on from; nothing of a new training
  std::filesystem::path begun = {};         ///< folder of the checkpoint; empty of a new training
  std::unique_ptr<RunPlace> lock = {};      ///< on `out`, of a training that goes on, in the process that writes
};

struct NewRunOptions {
  std::filesystem::path features;  ///< a feature store
  std::filesystem::path out;       ///< folder of the run, which train_run() makes
  TrainOptions training;           ///< epochs 0: the default for so many pairs
  bool no_dev = false;             ///< do without dev pictures: the last epoch is kept
  bool tensorboard = false;        ///< write TensorBoard's event file too
};

/// A new training; nothing is written yet. It remembers the threads that are set
/// (at::get_num_threads).
/// Throws FileError as open_train_data() and settled().
RunTraining new_training(const NewRunOptions& options);

/// A training that was interrupted, as it was found on disk.
struct InterruptedTraining {
  std::filesystem::path out;
  std::filesystem::path begun;     ///< folder of its checkpoint
  std::string device;              ///< where it was computed: "cpu", "cuda:0"
  std::unique_ptr<RunPlace> lock;  ///< null in a process that does not write
};

/// Finds the interrupted training of the run `out` and, if this process `writes`, locks its folder.
/// Throws FileError if there is none, the run is finished, or another process writes to it.
InterruptedTraining find_interrupted_training(const std::filesystem::path& out, bool writes = true);

/// The training as its checkpoint has it, on the device. Its bits are those of a training without
/// an interruption if the device is the same, and at::set_num_threads(origin.threads) is called
/// before train_run().
///
///   features  where they are now; empty: where they were
///
/// Throws FileError as read_checkpoint(), and if the features, or their train and dev pictures, are
/// others.
RunTraining continued_training(InterruptedTraining found, c10::Device device,
                               const std::filesystem::path& features = {});

struct TrainRunOptions {
  bool overwrite = false;  ///< replace the run in the folder; it stays until the new one is complete
  CheckpointTimes checkpoints;
  Peers peers;  ///< several processes: the first one writes the run and measures on dev for all
};

/// Who watches a run's training; each may be empty. In processes that do not write, only `stop` is
/// called.
struct TrainRunWatch {
  /// The run's folder is ready and the first step is next.
  std::function<void(const UnscaledColumns& unscaled)> on_begin;
  std::function<void(const StepReport&)> on_step;
  std::function<void(const EpochReport&)> on_epoch;
  /// The training is over and run.json is not written yet: the time to add files to the run, such
  /// as curves.svg.
  std::function<void(const TrainedHeads& trained, const std::filesystem::path& folder)> on_trained;
  StopAsked stop;  ///< asked after every step and epoch, by all processes together; true: a checkpoint is written, and
                   ///< Stopped is thrown
};

/// Trains and writes the run: heads.safetensors, run.json, copies of the encoders, metrics.jsonl;
/// until it is finished, checkpoint.safetensors. Returns what was trained.
/// Throws FileError if the folder holds a run (without `overwrite`), an encoder is gone or changed,
/// the features lie in what would be replaced, or a file cannot be written; c10::ValueError and
/// Stopped as train_heads().
TrainedHeads train_run(RunTraining& training, const TrainRunOptions& options = {}, const TrainRunWatch& watch = {});

}  // namespace tandem

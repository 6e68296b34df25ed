// A trained run -> a new run whose encoders were trained on: checks, training, the new encoders'
// folders, features by them, and the run's own files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/base/stop.h"
#include "tandem/finetuning/finetune.h"
#include "tandem/finetuning/tuned_layers.h"

namespace tandem {

/// Whose encoders are trained.
enum class TunedTowers { kText, kImage, kBoth };

/// "text", "image", "both".
std::string_view tuned_towers_name(TunedTowers towers);
std::optional<TunedTowers> tuned_towers_named(std::string_view name);

/// The largest learning rate of encoders for users who name none: 1e-3 for low-rank changes, which
/// begin at zero and need larger steps, and 1e-4 for whole weights.
double default_tuning_rate(const TuningOptions& tuning);

struct TuneRunOptions {
  std::filesystem::path run;            ///< folder of the run to begin with
  std::filesystem::path features = {};  ///< a store by the same encoders; empty: the one the run was trained on
  std::filesystem::path out;            ///< folder of the new run
  TunedTowers towers = TunedTowers::kText;
  TuningOptions tuning;            ///< `precision` is taken from `dtype`
  FinetuneOptions training;        ///< the loss and what it has of scale and bias are taken from the run
  std::string dtype = "fp32";      ///< of the trained layers' products: "fp32", "bf16" or "auto", which is bf16 on CUDA
                                   ///< and on a CPU that multiplies it
  c10::Device device = c10::kCPU;  ///< of encoders, heads and loss
  std::int64_t memory_bytes = std::int64_t{2} << 30;  ///< half for what frozen layers answer, half for activations
  std::int64_t chunk = 0;      ///< captions or pictures that go through the layers together; 0: what the memory allows
  bool checkpointing = false;  ///< keep one layer's activations at a time, and compute every layer once more
  bool overwrite = false;      ///< replace a finished run or the checkpoint of another fine-tuning in `out`
  int threads = 0;             ///< of frozen layers and encoding; 0: one per core
};

/// Who watches; each may be empty.
struct TuneRunWatch {
  Stages stages;                                     ///< frozen layers, fine-tuning, encoding; they need not throw
  Notice notice;                                     ///< what is trained, one line per encoder
  std::function<void()> on_begin;                    ///< the training begins: from here on there is a checkpoint
  std::function<void(const EpochReport&)> on_epoch;  ///< the start first, as epoch 0; those before an interruption too
  StopAsked stop;                                    ///< true: what is finished stays, and Stopped is thrown
};

struct TunedRun {
  std::int64_t best_epoch = 0;      ///< 0: no epoch was better on dev than the start
  double dev_recall = 0;            ///< mean of the six recalls on dev, percent, by the new run's features
  double dev_recall_before = 0;     ///< of the run it began with
  std::vector<EpochReport> epochs;  ///< that of the start first
};

/// Makes the new run: run.json, heads.safetensors, finetune.json, encoders/ with the new weights,
/// features/ made by them and, of low-rank changes, adapters/. Called again after an interruption,
/// with the same options, it goes on to the same bits; an older run in `out` stays as it was until
/// the new one is complete.
/// Throws FileError if the run, its features or its encoders are missing or do not fit, or `out`
/// holds a run or another fine-tuning's checkpoint (without `overwrite`); c10::ValueError as
/// finetune(), or if `out` is the run itself; Stopped.
TunedRun tune_run(const TuneRunOptions& options, const TuneRunWatch& watch = {});

}  // namespace tandem

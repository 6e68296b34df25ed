#include "tandem/model/run_place.h"

#include <set>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/model/finetune_checkpoint.h"
#include "tandem/model/kept_rows.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/stored_correction.h"
#include "tandem/training/checkpoint.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

/// A folder of a finished fine-tuning, or of one that is under way.
bool is_fine_tuned(const Path& folder) {
  return std::filesystem::exists(folder / kFinetuneName) || !finetune_checkpoint_plan(folder / kCheckpointName).empty();
}

/// Scratch files exist only until they are mapped, unless the process is killed before.
bool is_scratch(const std::string& name) { return name.starts_with("entry-states.") && name.ends_with(".scratch"); }

}  // namespace

bool is_run_entry(const Path& entry) {
  static const std::set<std::string> kNames = {kRunName,        kHeadsName,    kMetricsName,    kCurvesName,
                                               kCheckpointName, kFinetuneName, kCorrectionName, kBanksName,
                                               "encoders",      "tensorboard", kGalleriesName};
  const std::string name = entry.filename().string();
  if (kNames.contains(name) || is_scratch(name)) return true;
  return (name == "features" || name == "adapters") && is_fine_tuned(entry.parent_path());
}

Path unfinished_training(const Path& run) {
  const Path beside = ReplacedFolder::beside(run);
  return std::filesystem::exists(beside / kCheckpointName) ? beside : run;
}

RunPlace::RunPlace(const Path& out) : out_(out), folder_(out, is_run_entry) {
  if (std::filesystem::exists(out / kRunName)) std::filesystem::remove(out / kCheckpointName);
  if (unfinished_training(out) == out) folder_.discard_unfinished();  // Nothing can be done without a checkpoint.
  for (const Path& place : {folder_.folder(), folder_.beside()}) {
    std::error_code absent;
    for (const auto& entry : std::filesystem::directory_iterator(place, absent)) {
      if (is_scratch(entry.path().filename().string())) std::filesystem::remove(entry.path());
    }
  }
}

RunPlace::~RunPlace() {
  try {
    if (unfinished_training(out_) == out_) folder_.discard_unfinished();
  } catch (const std::exception&) {  // The next writer removes it.
  }
}

void RunPlace::refuse_other_run() const {
  const bool finished = std::filesystem::exists(out_ / kRunName);
  const bool begun = folder_.has_unfinished();
  if (finished && begun) {
    throw FileError(
        out_, "a folder without a run (--resume goes on with the one that is to replace it, --overwrite begins anew)",
        "a finished run, and one beside it that was interrupted");
  }
  if (finished) throw FileError(out_, "a folder without a run (--overwrite replaces it)", "a finished run");
  if (begun || std::filesystem::exists(out_ / kCheckpointName)) {
    throw FileError(out_, "a folder without a run (--resume goes on with it, --overwrite replaces it)",
                    "a run that was interrupted");
  }
}

void RunPlace::refuse_inside(const Path& used) const {
  const Path inside = std::filesystem::weakly_canonical(used).lexically_relative(folder_.folder());
  if (inside.empty() || *inside.begin() == ".." || !is_run_entry(folder_.folder() / *inside.begin())) return;
  throw FileError(used, "a place outside of the run that would be replaced", "a part of it");
}

const Path& RunPlace::begin_training() {
  if (!replaces()) {
    folder_.discard_unfinished();
    return folder_.begin_in_place();
  }
  folder_.keep_unfinished();
  return folder_.begin();
}

const Path& RunPlace::go_on(const Path& place) {
  folder_.keep_unfinished();
  return place == out_ ? folder_.begin_in_place() : folder_.go_on();
}

void RunPlace::finish() {
  folder_.finish();
  std::filesystem::remove(out_ / kCheckpointName);
}

}  // namespace tandem

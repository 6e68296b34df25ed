#include "tandem/sweep/sweep_trials.h"

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/sweep/standings.h"

namespace tandem {
namespace {

/// A trial that is yet to be trained.
struct Task {
  std::size_t contender, seed;
};

/// Trains, measures on dev, and writes the trial down.
Trial run_trial(const std::string& name, const TrainOptions& options, const TrialFiles& files, const TrainData& data,
                const StopAsked& stop) {
  Trial trial{.options = options};
  double best = -1;
  const DevQuality quality = [&](const ProjectionHead& image, const ProjectionHead& text) {
    RetrievalRanks ranks =
        retrieval_ranks(embed_all(image, data.dev->image), embed_all(text, data.dev->text), data.dev->image_of_text);
    const double recall = mean_recall(ranks);
    if (recall > best) {
      best = recall;
      trial.dev_ranks = std::move(ranks);
    }
    return recall;
  };
  try {
    TrainedHeads trained =
        train_heads(data.train, options, quality, {.stop = [&](const TrainingState&) { return stop && stop(); }});
    trial.dev_recall = best;
    trial.best_epoch = trained.best_epoch;
    trial.logit_scale = trained.logit_scale;
    trial.epochs = std::move(trained.epochs);
    files.write(name, trial, trained.image, trained.text);
  } catch (const c10::ValueError& error) {
    trial = {.options = options, .failure = error.what_without_backtrace()};
    files.write_failed(name, trial);
  }
  return trial;
}

/// "dev 47.21 in epoch 9 of 10", or why it failed.
std::string outcome(const Trial& trial) {
  if (!trial.failure.empty()) return printable_sentence(trial.failure);
  return "dev " + decimal(trial.dev_recall, 2) + " in epoch " + std::to_string(trial.best_epoch) + " of " +
         std::to_string(trial.epochs.size());
}

bool is_finished(const Contender& contender, const std::vector<bool>& done) {
  return std::all_of(done.begin(), done.end(), [](bool one) { return one; }) && !contender.failed();
}

double dev_recall(const Contender& contender) {
  std::vector<double> recalls;
  for (const Trial& trial : contender.trials) recalls.push_back(trial.dev_recall);
  return spread(recalls).mean;
}

/// Finds finished trials, trains the others, and removes heads that are no longer needed.
class Course {
 public:
  Course(std::vector<Contender>& contenders, const TrialFiles& files, const TrainData& data, const SweepWatch& watch)
      : contenders_(contenders), files_(files), data_(data), watch_(watch) {
    for (std::size_t c = 0; c < contenders_.size(); ++c) {
      Contender& contender = contenders_[c];
      contender.trials.resize(contender.names.size());
      done_.emplace_back(contender.names.size(), false);
      for (std::size_t s = 0; s < contender.names.size(); ++s) find(c, s);
    }
  }

  void say_what_is_there() const {
    const std::int64_t others = files_.count() - found_;
    std::string line = std::to_string(contenders_.size()) + " configurations, " + with_thousands(total_) + " trials; ";
    line += found_ > 0 ? with_thousands(found_) + " were finished before" : "none was finished before";
    if (others > 0)
      line += "; " + with_thousands(others) + " others in the folder are of another grid or other features";
    say(line);
  }

  /// All of them, one after the other or several at once.
  void train(int jobs) {
    std::atomic<std::size_t> next = 0;
    std::exception_ptr failure;
    if (watch_.progress) watch_.progress(found_, total_);
    const auto work = [&] {
      for (std::size_t t = next++; t < tasks_.size(); t = next++) {
        try {
          train(tasks_[t]);
        } catch (...) {
          const std::lock_guard lock(mutex_);
          if (!failure) failure = std::current_exception();
          next = tasks_.size();
        }
      }
    };
    if (jobs == 1) {
      work();
    } else {
      const int threads_before = at::get_num_threads();
      std::vector<std::jthread> pool;
      for (int j = 0; j < jobs; ++j) {
        pool.emplace_back([&work] {
          at::set_num_threads(1);
          work();
        });
      }
      pool.clear();                         // Joins.
      at::set_num_threads(threads_before);  // Parts of that setting are global.
    }
    if (failure) std::rethrow_exception(failure);
  }

 private:
  void say(const std::string& line) const {
    if (watch_.notice) watch_.notice(line);
  }

  void find(std::size_t c, std::size_t s) {
    ++total_;
    std::optional<Trial> trial = files_.read(contenders_[c].names[s]);
    if (!trial) {
      tasks_.push_back({c, s});
      return;
    }
    ++found_;
    contenders_[c].trials[s] = *std::move(trial);
    done_[c][s] = true;
  }

  void train(const Task& task) {
    Contender& contender = contenders_[task.contender];
    Trial trial = run_trial(contender.names[task.seed], contender.options[task.seed], files_, data_, watch_.stop);
    const std::lock_guard lock(mutex_);
    say(printable(contender.label) + ", seed " + std::to_string(trial.options.seed) + ": " + outcome(trial));
    contender.trials[task.seed] = std::move(trial);
    done_[task.contender][task.seed] = true;
    ++trained_;
    if (watch_.progress) watch_.progress(found_ + trained_, total_);
    keep_best_heads();
  }

  /// A hundred trials' heads would fill disks; only those of the best can still be asked for.
  void keep_best_heads() const {
    const Contender* best = nullptr;
    for (std::size_t c = 0; c < contenders_.size(); ++c) {
      if (is_finished(contenders_[c], done_[c]) && (best == nullptr || dev_recall(contenders_[c]) > dev_recall(*best)))
        best = &contenders_[c];
    }
    for (std::size_t c = 0; c < contenders_.size(); ++c) {
      if (&contenders_[c] == best || !is_finished(contenders_[c], done_[c])) continue;
      for (const std::string& name : contenders_[c].names) files_.remove_heads(name);
    }
  }

  std::vector<Contender>& contenders_;
  const TrialFiles& files_;
  const TrainData& data_;
  std::vector<std::vector<bool>> done_;
  std::vector<Task> tasks_;
  std::int64_t total_ = 0, found_ = 0, trained_ = 0;
  std::mutex mutex_;
  const SweepWatch& watch_;
};

}  // namespace

bool Contender::failed() const {
  return std::any_of(trials.begin(), trials.end(), [](const Trial& trial) { return !trial.failure.empty(); });
}

std::vector<Contender> contenders(const std::vector<Configuration>& configurations, int seeds, const TrainData& data,
                                  c10::Device device) {
  const std::string fingerprint = data.store.manifest().plan + " " + pairs_fingerprint(data);
  std::vector<Contender> all;
  std::set<std::string> names;
  for (const Configuration& configuration : configurations) {
    Contender contender{.label = configuration.label};
    for (int seed = 1; seed <= seeds; ++seed) {
      TrainOptions options = settled(configuration.options, data);
      options.seed = static_cast<std::uint64_t>(seed);
      options.device = device;
      contender.names.push_back(trial_name(options, fingerprint));
      contender.options.push_back(std::move(options));
    }
    // Two cases may have the same options; only the first of them is kept.
    if (names.insert(contender.names.front()).second) all.push_back(std::move(contender));
  }
  return all;
}

void run_trials(std::vector<Contender>& contenders, const TrialFiles& files, const TrainData& data, int jobs,
                const SweepWatch& watch) {
  Course course(contenders, files, data, watch);
  course.say_what_is_there();
  course.train(jobs);
}

TrainedHeads trial_heads(Contender& contender, std::size_t seed, const TrialFiles& files, const TrainData& data,
                         const SweepWatch& watch) {
  const std::string& name = contender.names[seed];
  if (!files.has_heads(name)) {
    if (watch.notice) {
      watch.notice(printable(contender.label) + ", seed " + std::to_string(contender.options[seed].seed) +
                   ": its heads were removed; trained again");
    }
    contender.trials[seed] = run_trial(name, contender.options[seed], files, data, watch.stop);
  }
  return files.read_heads(name, contender.trials[seed]);
}

}  // namespace tandem

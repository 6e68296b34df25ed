#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/colour.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/speech.h"
#include "tandem/base/number_text.h"
#include "tandem/finetuning/tune_run.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct FinetuneArguments {
  TuneRunOptions options;  ///< what is not below
  std::string run, features, out;
  std::string tower = "text", targets = "query-value", device = "cpu";
  std::int64_t unfreeze_last = 0, lora_layers = 0;
  std::int64_t memory_mib = 2048;
  double learning_rate = 0;
  bool json = false;
};

/// The words and numbers of the command line as the library takes them.
TuneRunOptions tune_options_of(const FinetuneArguments& arguments) {
  TuneRunOptions options = arguments.options;
  options.run = arguments.run;
  options.features = arguments.features;
  options.out = arguments.out;
  options.device = device_named(arguments.device);
  TuningOptions& tuning = options.tuning;
  const bool lora = tuning.rank > 0;
  TORCH_CHECK_VALUE(lora != (arguments.unfreeze_last > 0),
                    "finetune: needed either --unfreeze-last N or --lora RANK, got ", lora ? "both" : "neither");
  tuning.layers = lora ? arguments.lora_layers : arguments.unfreeze_last;
  tuning.targets = low_rank_targets_named(arguments.targets).value();
  options.towers = tuned_towers_named(arguments.tower).value();
  options.memory_bytes = arguments.memory_mib << 20;
  options.training.learning_rate = arguments.learning_rate > 0 ? arguments.learning_rate : default_tuning_rate(tuning);
  return options;
}

void print_tuning_header() {
  std::cout << bold("epoch      loss   scale  dev recall      time", STDOUT_FILENO) << "\n";
}

void print_tuned_epoch(const EpochReport& report) {
  const bool is_start = report.epoch == 0;
  const std::string epoch = is_start ? "start" : std::to_string(report.epoch);
  const std::string loss = is_start ? "-" : decimal(report.loss, 4);
  const std::string seconds = is_start ? "-" : decimal(report.seconds, 1) + " s";
  std::string row = right_aligned(epoch, 5);
  row += right_aligned(loss, 10);
  row += right_aligned(decimal(report.logit_scale, 1), 8);
  row += right_aligned(decimal(*report.dev_recall, 2), 12);
  row += right_aligned(seconds, 10);
  std::cout << row << std::endl;
}

/// Tunes with bars and, if `has_table`, a table.
TunedRun tune_with_bars(const TuneRunOptions& options, bool has_table) {
  ProgressStages stages;
  TuneRunWatch watch{.stages = stages.displays(), .notice = stages.notice(), .stop = stop_asked};
  watch.on_begin = [&] {
    if (has_table) print_tuning_header();
    say_if_stopped(options.out.string() + " keeps a checkpoint; go on with: " + command_again());
  };
  watch.on_epoch = [&](const EpochReport& report) {
    if (!has_table) return;
    stages.clear();
    print_tuned_epoch(report);
  };
  return tune_run(options, watch);
}

void print_tuned_json(const TuneRunOptions& options, const TunedRun& tuned) {
  std::cout << json_line(Json{{"run", options.out.string()},
                              {"best_epoch", tuned.best_epoch},
                              {"dev_mean_recall", tuned.dev_recall},
                              {"dev_mean_recall_before", tuned.dev_recall_before},
                              {"epochs", tuned.epochs.size() - 1},
                              {"shuffled", options.training.shuffled},
                              {"seed", options.training.seed}})
            << "\n";
}

void print_tuned_outcome(const TuneRunOptions& options, const TunedRun& tuned) {
  const std::string chosen = tuned.best_epoch == 0 ? "no epoch was better than the start"
                                                   : "epoch " + std::to_string(tuned.best_epoch) + " chosen on dev";
  std::cout << options.out.string() << ": " << chosen << ", mean recall " << decimal(tuned.dev_recall, 2)
            << " (before: " << decimal(tuned.dev_recall_before, 2) << ")\n";
}

void run_finetune(const FinetuneArguments& arguments) {
  const TuneRunOptions options = tune_options_of(arguments);
  if (options.threads > 0) at::set_num_threads(options.threads);
  train_on(options.device);
  const TunedRun tuned = tune_with_bars(options, !arguments.json && !is_quiet());
  if (arguments.json) {
    print_tuned_json(options, tuned);
  } else {
    print_tuned_outcome(options, tuned);
  }
}

}  // namespace

void add_finetune_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("finetune", "Train a run's encoders further: their last layers, or low-rank changes (LoRA)");
  const auto arguments = std::make_shared<FinetuneArguments>();
  TuneRunOptions& options = arguments->options;
  FinetuneOptions& training = options.training;
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out, "Folder of the new run")->required();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_option("--tower", arguments->tower, "Whose encoders are trained: text, image or both")
      ->check(CLI::IsMember({"text", "image", "both"}))
      ->capture_default_str();
  command
      ->add_option("--unfreeze-last", arguments->unfreeze_last,
                   "Train all weights of this many layers, counted back from the deepest that a view uses")
      ->check(CLI::Range(1, 1000));
  command->add_option("--lora", options.tuning.rank, "Train low-rank changes of this rank instead")
      ->check(CLI::Range(1, 4096));
  command->add_option("--lora-alpha", options.tuning.alpha, "The change is multiplied by this / rank; 0: by 1")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--lora-layers", arguments->lora_layers, "Change this many of the last layers; 0: all")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command->add_option("--lora-targets", arguments->targets, "query-value, or all linear maps")
      ->check(CLI::IsMember({"query-value", "all"}))
      ->capture_default_str();
  command->add_option("--epochs", training.epochs, "Passes over all captions")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--batch-size", training.batch_size,
                   "Pairs that are compared with each other; not limited by memory (--chunk)")
      ->check(CLI::Range(2, 10000000))
      ->capture_default_str();
  command
      ->add_option("--learning-rate", arguments->learning_rate,
                   "Learning rate of the encoders; 0: 1e-3 with --lora, else 1e-4")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--head-learning-rate", training.head_learning_rate,
                   "Learning rate of heads and logit scale; 0: they do not change")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--weight-decay", training.weight_decay, "AdamW's weight decay, on matrices only")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--warm-up", training.warm_up, "Share of the steps over which the learning rates rise")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command
      ->add_option("--memory-mib", arguments->memory_mib,
                   "Memory to use, by estimate: half for the outputs of frozen layers, half for activations")
      ->check(CLI::Range(16, 1 << 24))
      ->capture_default_str();
  command
      ->add_option("--chunk", options.chunk,
                   "Captions or pictures that go through the trained layers together; 0: what the memory allows")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_flag("--checkpointing", options.checkpointing,
                    "Keep the activations of one layer at a time; every layer is then computed once more");
  command
      ->add_option("--dtype", options.dtype,
                   "Products of the trained layers: fp32, bf16, or auto: bf16 on a GPU and on CPUs with native bf16")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
      ->capture_default_str();
  command
      ->add_option("--device", arguments->device,
                   "Where encoders, heads and loss are computed: cpu, cuda (the first GPU) or cuda:NUMBER (doc/gpu.md)")
      ->capture_default_str();
  command->add_option("--seed", training.seed, "Same seed, same model")->capture_default_str();
  command->add_flag("--shuffled", training.shuffled, "Train the control: captions shuffled between pictures");
  command->add_option("--checkpoint-steps", training.checkpoint_steps, "Batches between checkpoints")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--threads", options.threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--overwrite", options.overwrite, "Replace a finished run or another fine-tuning's checkpoint");
  command->add_flag("--json", arguments->json, "Print a JSON object at the end instead of a table");
  command->footer(
      "Examples:\n"
      "  tandem finetune run --out tuned --lora 8\n"
      "  tandem finetune run --out tuned --unfreeze-last 2 --batch-size 4096 --memory-mib 1024\n"
      "  tandem finetune run --out tuned --tower both --lora 16 --lora-targets all --checkpointing\n"
      "  tandem finetune run --out tuned --lora 8 --device cuda --dtype auto    # doc/gpu.md\n"
      "\nThe epoch with the best mean recall on dev is kept; the start counts as an epoch. After an interruption, "
      "the same command\n"
      "continues where it stopped, also with --overwrite. An older run stays until the new one is complete. The "
      "new run has the\n"
      "encoders with the new weights (encoders/, as Hugging Face folders), their features (features/) and, with "
      "--lora, the changes\n"
      "alone (adapters/). eval, search, map and the other commands work on it.");
  command->callback([arguments, command] {
    refuse_idle_options(
        *command,
        {{{"--lora-alpha", "--lora-layers", "--lora-targets"}, "--lora RANK", arguments->options.tuning.rank > 0}});
    run_finetune(*arguments);
  });
}

}  // namespace tandem::apps

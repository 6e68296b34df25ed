#include "apps/arguments/train_arguments.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/processes.h"
#include "apps/arguments/thread_argument.h"
#include "tandem/base/joined_text.h"
#include "tandem/nn/precision.h"
#include "tandem/training/option_use.h"

namespace tandem::apps {
namespace {

void add_loss_options(CLI::App& command, TrainOptions& options) {
  command
      .add_option_function<std::string>(
          "--loss", [&options](const std::string& name) { options.loss.kind = *loss_named(name); },
          joined_text(loss_names(), ", "))
      ->check(CLI::IsMember(loss_names()))
      ->default_str("info-nce");
  command
      .add_option("--label-smoothing", options.loss.label_smoothing,
                  "info-nce: share of the target spread over all candidates")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command.add_option("--margin", options.loss.margin, "hinge-max, hinge-sum: how much nearer the true partner must be")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      .add_option("--soft-weight", options.loss.soft_weight,
                  "soft-target: share of the target from the frozen encoders' own similarities")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--soft-scale", options.loss.soft_scale, "soft-target: factor on those similarities")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--scale", options.initial_scale, "Initial logit scale (inverse temperature)")
      ->check(CLI::Range(1.0, 10000.0))
      ->capture_default_str();
  command.add_option("--largest-scale", options.largest_scale, "Upper limit of the learned logit scale")
      ->check(CLI::Range(1.0, 10000.0))
      ->capture_default_str();
  command.add_flag("!--fixed-scale", options.learn_scale, "Do not learn the logit scale");
  command.add_option("--bias", options.initial_bias, "siglip: initial value of the learned bias")
      ->capture_default_str();
}

void add_head_options(CLI::App& command, HeadOptions& head) {
  command
      .add_option_function<std::string>(
          "--head", [&head](const std::string& name) { head.kind = *head_named(name); }, "linear, mlp or glu")
      ->check(CLI::IsMember({"linear", "mlp", "glu"}))
      ->default_str("mlp");
  command.add_option("--width", head.embedding_width, "Width of the shared space")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command.add_option("--hidden", head.hidden_width, "Hidden width of mlp and glu")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command.add_option("--blocks", head.blocks, "Residual blocks of the mlp")
      ->check(CLI::Range(0, 64))
      ->capture_default_str();
  command.add_option("--dropout", head.dropout, "Share of hidden values dropped while training")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command.add_option("--noise", head.feature_noise, "Noise added to scaled features while training")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--scaling", [&head](const std::string& name) { head.scaling = *scaling_named(name); },
          "Scaling of features: standardise, or whiten by pca or zca of the training features")
      ->check(CLI::IsMember({"standardise", "pca", "zca"}))
      ->default_str("standardise");
  command.add_option("--shrinkage", head.shrinkage, "pca, zca: share of the mean variance mixed into the covariance")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--pooling", [&head](const std::string& name) { head.pooling = *view_pooling_named(name); },
          "Pooling of a side's views: concatenate, or, if their widths are equal, learned: attention or "
          "gpo. Tokens (encode --text-pooling tokens:24) are pooled by attention if not by gpo")
      ->check(CLI::IsMember({"concatenate", "attention", "gpo"}))
      ->default_str("concatenate");
  command.add_option("--queries", head.queries, "attention: number of weighted means, which are concatenated")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

void add_course_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--seed", options.seed, "Same seed, same model")->capture_default_str();
  command.add_option("--epochs", options.epochs, "Passes over all captions; 0: 9, more on small sets")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command.add_option("--batch-size", options.batch_size, "Pairs per step; all pairs if there are fewer")
      ->check(CLI::Range(2, 1000000000))
      ->capture_default_str();
  command
      .add_option("--chunk-size", options.chunk_size,
                  "Pairs that the heads embed at once; a larger batch needs no more memory, but 1.5 times the time")
      ->check(CLI::Range(1, 1000000000))
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--optimizer", [&options](const std::string& name) { options.optimizer = *optimizer_named(name); },
          "adamw, or lion, which needs a 3 to 10 times smaller learning rate")
      ->check(CLI::IsMember({"adamw", "lion"}))
      ->default_str("adamw");
  command.add_option("--learning-rate", options.learning_rate, "The largest learning rate")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--weight-decay", options.weight_decay, "Weight decay, on matrices only")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option_function<std::string>(
          "--schedule", [&options](const std::string& name) { options.schedule = *schedule_named(name); },
          "Learning rate after its rise: cosine (down to 0) or constant")
      ->check(CLI::IsMember({"cosine", "constant"}))
      ->default_str("cosine");
  command.add_option("--warm-up", options.warm_up, "Share of the steps over which the learning rate rises")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command
      .add_option(
          "--clip", options.gradient_clip,
          "Largest norm of the heads' gradients together (the logit scale and bias are not clipped); 0: no limit")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--average", options.average_decay,
                  "Decay of a moving average of the weights; the average is then measured and kept (0.99); 0: none")
      ->check(CLI::Range(0.0, 0.99999))
      ->capture_default_str();
  command
      .add_option("--patience", options.patience, "Stop after this many epochs without a better one on dev; 0: never")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command
      .add_option("--mixup", options.mixup,
                  "Mix pairs, pictures and captions by the same share of Beta(this, this); 1 is strong; 0: off")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--structure", options.structure.weight,
                  "Weight of keeping neighbours in the encoders' spaces near each other (10); 0: none")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--structure-levels", options.structure.levels, "Neighbours up to this many steps away")
      ->check(CLI::Range(1, 16))
      ->capture_default_str();
  command
      .add_option("--structure-temperature", options.structure.temperature,
                  "A smaller value looks at nearer neighbours")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_flag("--shuffled", options.shuffled,
                   "Train the control: captions shuffled between pictures; it must stay at chance");
}

/// Options that may be given with --resume: those that change the model by no more than roundings.
constexpr std::array<std::string_view, 11> kBesideResume = {
    "--resume", "--device", "features",  "--json", "--checkpoint-seconds", "--checkpoint-steps", "--peer-timeout",
    "--help",   "--quiet",  "--verbose", "--log"};

struct OptionName {
  const char* in_json;  ///< the name in option_use.h
  const char* here;
};

/// Options that only some choices use, and these choices.
constexpr std::array<OptionName, 15> kDependent = {{{"loss.label_smoothing", "--label-smoothing"},
                                                    {"loss.margin", "--margin"},
                                                    {"loss.soft_weight", "--soft-weight"},
                                                    {"loss.soft_scale", "--soft-scale"},
                                                    {"initial_bias", "--bias"},
                                                    {"initial_scale", "--scale"},
                                                    {"largest_scale", "--largest-scale"},
                                                    {"learn_scale", "--fixed-scale"},
                                                    {"head.hidden_width", "--hidden"},
                                                    {"head.dropout", "--dropout"},
                                                    {"head.blocks", "--blocks"},
                                                    {"head.shrinkage", "--shrinkage"},
                                                    {"head.queries", "--queries"},
                                                    {"structure.levels", "--structure-levels"},
                                                    {"structure.temperature", "--structure-temperature"}}};
constexpr std::array<OptionName, 5> kChoices = {{{"loss.kind", "--loss"},
                                                 {"head.kind", "--head"},
                                                 {"head.scaling", "--scaling"},
                                                 {"head.pooling", "--pooling"},
                                                 {"structure.weight", "--structure"}}};

/// The chosen value of a choice with its option: "--loss dcl".
std::string choice_made(std::string_view choice, const TrainOptions& options) {
  if (choice == "loss.kind") return "--loss " + std::string(loss_name(options.loss.kind));
  if (choice == "head.kind") return "--head " + std::string(head_name(options.image_head.kind));
  if (choice == "head.scaling") return "--scaling " + std::string(scaling_name(options.image_head.scaling));
  if (choice == "head.pooling") return "--pooling " + std::string(pooling_name(options.image_head.pooling));
  return "";
}

/// To be called when both heads are settled.
void refuse_unused(const CLI::App& command, const TrainArguments& arguments) {
  std::vector<OptionRule> rules = {{{"--patience"}, "dev pictures to measure on", !arguments.no_dev, "--no-dev"}};
  for (const OptionName& name : kDependent) {
    const OptionUse* use = unused(name.in_json, arguments.options);
    if (use == nullptr) continue;
    const auto choice = std::find_if(kChoices.begin(), kChoices.end(),
                                     [&](const OptionName& one) { return use->choice == one.in_json; });
    rules.push_back({{name.here},
                     std::string(choice->here) + " " + std::string(use->values),
                     false,
                     choice_made(use->choice, arguments.options)});
  }
  refuse_idle_options(command, rules);
}

}  // namespace

void add_train_options(CLI::App& command, TrainArguments& arguments) {
  TrainOptions& options = arguments.options;
  options.epochs = 0;
  command.add_option("features", arguments.features, "Feature store made by 'tandem encode'");
  command.add_option("--out", arguments.out, "Folder of the run");
  command.add_option("--resume", arguments.resume,
                     "Continue the run in this folder, with the same bits as without the interruption; it brings all "
                     "other options");
  add_course_options(command, options);
  add_loss_options(command, options);
  add_head_options(command, options.image_head);
  command.add_flag("--no-dev", arguments.no_dev, "Measure nothing while training, and keep the last epoch");
  command.add_flag("--tensorboard", arguments.tensorboard, "Write RUN/tensorboard, for `tensorboard --logdir RUN`");
  command
      .add_option("--checkpoint-seconds", arguments.checkpoints.seconds,
                  "Seconds between checkpoints within an epoch; 0: only at its end")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--checkpoint-steps", arguments.checkpoints.steps,
                  "Steps between checkpoints; 0: only the seconds count")
      ->check(CLI::Range(0, 1000000000))
      ->capture_default_str();
  command
      .add_option("--dtype", arguments.dtype,
                  "Matrix products of training, in heads and loss: fp32, bf16 (factors rounded, sums in fp32), or "
                  "auto: bf16 on a GPU and on CPUs with native bf16")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
      ->capture_default_str();
  command.add_option("--device", arguments.device,
                     "Where to train: cpu, cuda (the first GPU) or cuda:NUMBER (doc/gpu.md) [cpu]; with --resume: "
                     "another place than before");
  command.add_option("--threads", arguments.threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  add_peer_timeout(command, arguments.peer_timeout);
  command.add_flag("--overwrite", arguments.overwrite, "Replace a run, finished or not");
  command.add_flag("--json", arguments.json, "Print a JSON object at the end instead of a table");
}

void complete_train_arguments(const CLI::App& command, TrainArguments& arguments) {
  TrainOptions& options = arguments.options;
  options.device = device_of_process(arguments.device.empty() ? "cpu" : arguments.device);
  const bool wants_bf16 = arguments.dtype == "auto" && options.device.is_cuda();
  options.image_head.bf16 =
      precision_named(wants_bf16 ? "bf16" : arguments.dtype, options.device) == Precision::kBFloat16;
  if (options.image_head.bf16 && has_tiles(options.loss.kind)) options.loss.streaming.products = Products::kBFloat16;
  options.text_head = options.image_head;
  if (arguments.resume.empty()) {
    TORCH_CHECK_VALUE(!arguments.features.empty() && !arguments.out.empty(),
                      "train: features and --out were needed (or --resume RUN, to go on with a run), got none");
    refuse_unused(command, arguments);
    arguments.pools =
        command.get_option("--pooling")->count() > 0 && options.image_head.pooling != ViewPooling::kConcatenate;
    arguments.has_queries = command.get_option("--queries")->count() > 0;
    return;
  }
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    const bool allowed = std::find(kBesideResume.begin(), kBesideResume.end(), name) != kBesideResume.end();
    TORCH_CHECK_VALUE(option->count() == 0 || allowed,
                      "train --resume: every option of the training comes from the checkpoint, got ", name, " too");
  }
}

}  // namespace tandem::apps

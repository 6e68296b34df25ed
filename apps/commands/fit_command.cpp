#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/data_arguments.h"
#include "apps/arguments/default_encoders.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/processes.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/stop_signals.h"
#include "tandem/fit/best_recipe.h"
#include "tandem/fit/fit_config.h"
#include "tandem/fit/fit_model.h"
#include "tandem/fit/fit_report.h"
#include "tandem/fit/fit_source.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

/// What the command line has; an option that was not given changes nothing.
struct FitArguments {
  const CLI::App* command = nullptr;
  DataArguments data;
  std::string out, config, correction = "auto";
  bool quick = false;
  bool best = false;
  std::vector<std::string> image_encoders, text_encoders, image_poolings, text_poolings;
  ComputeArguments compute;
  std::uint64_t seed = 0;
  std::int64_t epochs = 0, hidden = 0;
  int threads = 0;
  bool no_report = false;
  bool overwrite = false;
  bool json = false;

  bool has(const char* option) const { return command->get_option(option)->count() > 0; }
};

void put_data_over(FitOptions& options, const FitArguments& arguments) {
  const DataOptions& given = arguments.data.options;
  DataOptions& read = options.data.read;
  if (arguments.has("data")) options.data.source = arguments.data.spec;
  if (arguments.has("--limit")) read.limit = given.limit;
  if (arguments.has("--per-category")) read.per_category = given.per_category;
  if (arguments.has("--data-seed")) read.seed = given.seed;
  if (arguments.has("--templates")) read.templates = std::filesystem::absolute(given.templates);
  if (arguments.has("--strict")) read.strict = given.strict;
  if (arguments.has("--image-column")) read.columns.image = given.columns.image;
  if (arguments.has("--caption-column")) read.columns.caption = given.columns.caption;
  if (arguments.has("--split-column")) read.columns.split = given.columns.split;
  if (arguments.has("--label-column")) read.columns.label = given.columns.label;
  if (arguments.has("--delimiter")) read.delimiter = given.delimiter;
}

void put_encoding_over(FitOptions& options, const FitArguments& arguments) {
  FitEncodeOptions& encode = options.encode;
  if (arguments.has("--image-encoder")) encode.image_encoders = arguments.image_encoders;
  if (arguments.has("--text-encoder")) encode.text_encoders = arguments.text_encoders;
  if (arguments.has("--text-pooling")) encode.text_poolings = arguments.text_poolings;
  if (arguments.has("--dtype")) encode.dtype = arguments.compute.dtype;
  if (arguments.has("--device")) encode.device = arguments.compute.device;
  if (arguments.has("--image-pooling")) {
    encode.image_poolings = arguments.image_poolings;
  } else if (arguments.best && arguments.has("--image-encoder")) {
    encode.image_poolings.clear();
    for (const std::string& name : arguments.image_encoders)
      encode.image_poolings.push_back(best_picture_views(named_encoder(name)));
  }
}

void put_making_over(FitOptions& options, const FitArguments& arguments) {
  TrainOptions& training = options.train.options;
  if (arguments.has("--seed")) training.seed = arguments.seed;
  if (arguments.has("--epochs")) training.epochs = arguments.epochs;
  if (arguments.has("--hidden")) training.image_head.hidden_width = arguments.hidden;
  if (arguments.has("--hidden")) training.text_head.hidden_width = arguments.hidden;
  if (arguments.has("--device")) options.train.device = arguments.compute.device;
  if (arguments.has("--correction")) options.correct.method = arguments.correction;
  if (arguments.has("--no-report")) options.evaluate.report = false;
  if (arguments.has("--threads")) options.threads = arguments.threads;
}

std::vector<std::string> encoder_folders(const std::vector<std::string>& named, const char* default_name) {
  std::vector<std::string> folders;
  const auto add = [&](const std::filesystem::path& folder) {
    folders.push_back(std::filesystem::absolute(folder).lexically_normal().string());
  };
  for (const std::string& name : named) add(named_encoder(name));
  if (named.empty()) add(default_encoder(default_name));
  return folders;
}

/// Names of encoders and of precisions become those that this machine has, so that fit.toml tells
/// what was used.
void settle_encoding(FitOptions& options) {
  FitEncodeOptions& encode = options.encode;
  encode.image_encoders = encoder_folders(encode.image_encoders, kDefaultImageEncoder);
  encode.text_encoders = encoder_folders(encode.text_encoders, kDefaultTextEncoder);
  const c10::Device device = device_of_process(encode.device);
  encode.device = device.str();
  encode.dtype = precision_name(precision_named(encode.dtype, device));
}

/// The defaults, the recipe of --quick or --best, the file of --config, and the command line, each
/// over those before it.
FitOptions options_of(const FitArguments& arguments, const Notice& notice) {
  FitOptions options;
  std::vector<std::string> missing;
  if (arguments.quick) make_quick(options);
  if (arguments.best) missing = make_best(options, models_folders());
  if (!arguments.config.empty()) options = with_config(options, arguments.config);
  put_data_over(options, arguments);
  put_encoding_over(options, arguments);
  put_making_over(options, arguments);
  const bool encodes = !is_feature_folder(options.data.source);
  refuse_idle_options(*arguments.command,
                      {{{"--image-encoder", "--text-encoder", "--image-pooling", "--text-pooling", "--dtype"},
                        "data to encode",
                        encodes,
                        "a folder of features"},
                       {{"--epochs", "--hidden"}, "trained heads", options.train.enabled, "closed form alone"}});
  options.train.device = device_of_process(options.train.device).str();
  if (!encodes) {
    options.encode = {};
    return options;
  }
  for (const std::string& sentence : missing) notice("--best: " + sentence);
  settle_encoding(options);
  return options;
}

FittedModel made(const FitArguments& arguments) {
  ProgressStages bars;
  const FitOptions options = options_of(arguments, bars.notice());
  train_on(device_named(options.train.device));
  say_if_stopped(arguments.out + " keeps what is finished; go on with: " + command_again());
  return fit_model(options, arguments.out, arguments.overwrite,
                   {.stages = bars.displays(), .notice = bars.notice(), .stop = stop_asked});
}

void run_fit(const FitArguments& arguments) {
  const FittedModel model = made(arguments);
  if (arguments.json) {
    Json told = model.result;
    told["model"] = arguments.out;
    told["was_finished"] = model.was_finished;
    std::cout << json_text(told) << "\n";
  } else {
    print_fit(model, std::cout);
  }
}

void add_fit_options(CLI::App& command, FitArguments& arguments) {
  command.add_option("--out", arguments.out, "Folder of the model")->required();
  CLI::Option* quick =
      command.add_flag("--quick", arguments.quick, "Heads in closed form alone: seconds instead of minutes");
  command
      .add_flag("--best", arguments.best,
                "The best recipe measured on Flickr8k: every picture encoder in models/ with mirror images, nine views "
                "of captions, wider heads")
      ->excludes(quick);
  command.add_option("--config", arguments.config,
                     "TOML file with any option (doc/fit.md), as fit.toml in a model; options given here win");
  command.add_option("--image-encoder", arguments.image_encoders,
                     "Folder of an image encoder or hf:ORG/NAME; several are concatenated [models/efficientnet-lite0]");
  command.add_option("--text-encoder", arguments.text_encoders,
                     "Folder of a text encoder or hf:ORG/NAME; several are concatenated [models/all-MiniLM-L6-v2]");
  command.add_option("--image-pooling", arguments.image_poolings, "As in 'tandem encode' [mean]");
  command.add_option("--text-pooling", arguments.text_poolings,
                     "As in 'tandem encode' [mean,mean@-2,mean@-3,max,max@-2]");
  add_compute_arguments(command, arguments.compute);
  command.add_option("--seed", arguments.seed, "Seed of the trained heads and of folds")->capture_default_str();
  command.add_option("--epochs", arguments.epochs, "Passes over all captions; 0: 9, more on small sets")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command.add_option("--hidden", arguments.hidden, "Hidden width of the trained heads [1024]")
      ->check(CLI::Range(1, 65536));
  command
      .add_option("--correction", arguments.correction,
                  "Correction for hubs: auto (the best on dev, or none if none helps), none, nnn, csls or "
                  "inverted-softmax")
      ->check(CLI::IsMember({"auto", "none", "nnn", "csls", "inverted-softmax"}))
      ->capture_default_str();
  command.add_option("--threads", arguments.threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command.add_flag("--strict", arguments.data.options.strict,
                   "Refuse damaged data and pictures that cannot be read instead of leaving them out");
  command.add_flag("--no-report", arguments.no_report, "Write no report.html");
  command.add_flag("--overwrite", arguments.overwrite,
                   "Replace a model of other options or data; it stays until the new one is complete");
  command.add_flag("--json", arguments.json, "Print a JSON object");
}

}  // namespace

void add_fit_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("fit", "From captioned pictures to a measured model, in one command");
  const auto arguments = std::make_shared<FitArguments>();
  arguments->command = command;
  add_data_arguments(*command, "data", arguments->data);
  command->get_option("data")->required(false)->description("Data: " + known_data_specs() +
                                                            ", or a path that shows which of these it is; or a folder "
                                                            "of features made by 'tandem encode'");
  add_fit_options(*command, *arguments);
  command->footer(
      "Examples:\n"
      "  tandem fit flickr8k:flickr8k --out model\n"
      "  tandem fit pictures/captions.csv --out model --quick           # closed form alone: seconds after encoding\n"
      "  tandem fit flickr8k:flickr8k --out model --best\n"
      "  tandem fit features --out model                                # features that are there already\n"
      "  tandem fit --config model/fit.toml --out again                 # the same model again\n"
      "\nEncodes, trains heads, solves for heads in closed form, joins both, corrects for hubs, and measures on test "
      "once. Every choice\n"
      "is made on dev; without dev, by cross-validation on train. After an interruption, the same command goes on. "
      "The folder is a\n"
      "run that every command takes; README.md in it describes the model, report.html shows it.");
  command->callback([arguments] { run_fit(*arguments); });
}

}  // namespace tandem::apps

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/progress_stages.h"
#include "apps/terminal/stop_signals.h"
#include "tandem/evaluation/model_audit.h"
#include "tandem/figures/page_template.h"
#include "tandem/model/embedded_split.h"
#include "tandem/reports/audit_report.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/staged_files.h"

namespace tandem::apps {
namespace {

struct AuditArguments {
  std::string run;
  std::string features;
  AuditOptions options;
  std::string out;
  std::string csv;
  std::string pictures;
  std::int64_t shown = 200;
  int threads = 0;
  bool json = false;
};

ModelAudit audited(const AuditArguments& arguments) {
  AuditOptions options = arguments.options;
  options.features = arguments.features;
  options.pictures = arguments.pictures;
  const Model model = Model::open(arguments.run);
  ProgressStages bars;
  return audit_model(model, options, bars.stages(), stop_asked);
}

void run_audit(const AuditArguments& arguments) {
  TORCH_CHECK_VALUE(
      !arguments.out.empty() || !arguments.csv.empty() || arguments.json || arguments.options.planted_share > 0,
      "audit: --out, --csv, --json or --plant was needed, got none of them");
  if (!arguments.out.empty()) check_page_path(arguments.out);
  StagedFiles files;  // Both of them appear at the end, or neither. A folder that is not there is complained of now.
  const std::filesystem::path page = arguments.out.empty() ? "" : files.stage(arguments.out);
  const std::filesystem::path table = arguments.csv.empty() ? "" : files.stage(arguments.csv);
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  const ModelAudit audit = audited(arguments);
  if (!table.empty()) write_audit_table(audit, table);
  if (!page.empty()) {
    ProgressBar thumbnails("drawing thumbnails", "pictures");
    write_audit_report(audit, page, arguments.shown, thumbnails.callback());
    tell_missing_pictures(audit.store, audit.pairs.image_in_store);
  }
  files.commit();
  if (arguments.json) {
    std::cout << json_text(audit_json(audit, arguments.shown)) << "\n";
    return;
  }
  print_audit(audit, std::cout);
  if (!arguments.out.empty()) std::cout << arguments.out << ": the page with pictures\n";
  if (!arguments.csv.empty())
    std::cout << arguments.csv << ": every pair, most suspect first; new_caption is for yours\n";
}

}  // namespace

void add_audit_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("audit", "Judge every pair: aligned, ambiguous, hub, or likely a wrong caption");
  const auto arguments = std::make_shared<AuditArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out,
                      "Page to write, .html: lists of suspects with pictures and captions side by side");
  command->add_option("--csv", arguments->csv,
                      "Table to write: every pair, most suspect first, with room for a new caption");
  add_split_option(*command, arguments->options.split);
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command
      ->add_option("--folds", arguments->options.folds,
                   "For the training split: number of folds; each is judged by heads trained on the other folds")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  command->add_option("--epochs", arguments->options.epochs, "Epochs of those heads; 0: the same number as the run")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--count", arguments->shown, "Number of pairs of each kind on the page and in the JSON")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--plant", arguments->options.planted_share,
                   "First swap this share of the captions between pictures, and report how many of them the list finds")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--seed", arguments->options.seed,
                   "Seed of the folds, the planted swaps and the mismatches that are learned from")
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  add_pictures_option(*command, arguments->pictures);
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem audit run --out audit.html\n"
      "  tandem audit run --split train --out train.html --csv relabel.csv\n"
      "  tandem audit run --plant 0.05 --seed 1              how far the list can be trusted on this data\n"
      "\nPictures of the training split are judged by cross-fitting, all others by the run's heads. --plant swaps "
      "single captions\n"
      "of different pictures; each picture keeps its other captions. Heads made for the audit are trained on the "
      "swaps too.");
  command->callback([arguments, command] {
    const bool trains = arguments->options.split == "train" || arguments->options.split == "all";
    refuse_idle_options(
        *command, {{{"--folds", "--epochs"}, "--split train or all", trains, "--split " + arguments->options.split},
                   {{"--pictures"}, "--out", !arguments->out.empty()},
                   {{"--count"}, "--out or --json", !arguments->out.empty() || arguments->json}});
    run_audit(*arguments);
  });
}

}  // namespace tandem::apps

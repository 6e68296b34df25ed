#include <iostream>
#include <memory>

#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/number_text.h"
#include "tandem/fetching/datasets/known_datasets.h"
#include "tandem/model/model.h"
#include "tandem/reports/model_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct ReportArguments {
  std::string model;
  std::string out;
  std::string features;
  std::string pictures;
  std::string split = "test";
  std::uint64_t seed = 0;
  std::int64_t map_pairs = ModelReportOptions().map_pairs;
  std::int64_t pairs = ModelReportOptions().pairs_shown;
  bool json = false;
};

/// Of a data set that tandem can fetch; otherwise they are not known.
std::string terms_of(const std::string& data_name) {
  for (const KnownDataset& known : known_datasets()) {
    if (known.spec == data_name || known.name == data_name) return known.terms;
  }
  return "";
}

Json written(const ReportArguments& arguments) {
  check_report_path(arguments.out);
  const Model model = Model::open(arguments.model);
  ProgressStages bars;
  return write_model_report(model, arguments.out,
                            {.features = arguments.features,
                             .split = arguments.split,
                             .seed = arguments.seed,
                             .map_pairs = arguments.map_pairs,
                             .pairs_shown = arguments.pairs,
                             .data_terms = terms_of(model.run().data_name),
                             .pictures = arguments.pictures},
                            bars.stages());
}

void run_report(const ReportArguments& arguments) {
  const Json json = written(arguments);
  if (arguments.json) {
    std::cout << json_text(json) << "\n";
    return;
  }
  std::cout << arguments.out << ": " << decimal(json.at("bytes").get<double>() / 1e6, 1) << " MB";
  if (json.contains("pages")) std::cout << ", " << json.at("pages").get<int>() << " pages";
  std::cout << "; recall@1 " << decimal(json.at("results").at("text_to_image").at("r1").get<double>(), 1)
            << "% caption to picture, " << decimal(json.at("results").at("image_to_text").at("r1").get<double>(), 1)
            << "% picture to caption\n";
  const auto unreadable = json.at("unreadable_thumbnails").get<std::int64_t>();
  if (unreadable > 0)
    std::cout << "shown without their picture: " << with_thousands(unreadable) << " of "
              << with_thousands(json.at("thumbnails").get<std::int64_t>())
              << "; --pictures DIR names their new root if they moved\n";
}

}  // namespace

void add_report_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("report", "One page about a model: results, maps, examples, hubs, data");
  const auto arguments = std::make_shared<ReportArguments>();
  command->add_option("model", arguments->model, "Model made by 'tandem fit', 'train', 'cca', 'ensemble' or 'finetune'")
      ->required();
  command->add_option("--out", arguments->out, "File to write: .html for a page, .pdf for A4 pages")->required();
  add_split_option(*command, arguments->split);
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_option("--seed", arguments->seed, "Of the pairs on the maps, the maps and the audit")
      ->capture_default_str();
  command->add_option("--map-pairs", arguments->map_pairs, "Maps: at most this many pairs, drawn at random")
      ->check(CLI::Range(2, 100000))
      ->capture_default_str();
  command->add_option("--pairs", arguments->pairs, "Number of best, of near-miss and of worst pairs")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  add_pictures_option(*command, arguments->pictures);
  command->add_flag("--json", arguments->json, "Print the file and the report's numbers as JSON");
  command->footer(
      "Examples:\n"
      "  tandem report model --out report.html\n"
      "  tandem report model --out report.pdf --split dev\n"
      "\nThe page is one file: it needs no network and no script. doc/report.md explains every part.");
  command->callback([arguments] { run_report(*arguments); });
}

}  // namespace tandem::apps

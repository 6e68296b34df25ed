#include <iostream>
#include <memory>

#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/model/embedded_split.h"
#include "tandem/reports/run_figures.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct FiguresArguments {
  std::string run;
  std::string out;
  std::vector<std::string> formats{"png"};
  bool dark = false;
  std::string split = "test";
  std::string features;
  std::string pictures;
  std::string method = "tsne";
  std::int64_t pairs = 500;
  std::int64_t queries = 6;
  std::int64_t largest_k = 50;
  std::uint64_t seed = 0;
  bool json = false;
};

Json draw(const FiguresArguments& arguments) {
  ProgressStages bars;
  return draw_run_figures(arguments.run, arguments.out,
                          {.split = arguments.split,
                           .features = arguments.features,
                           .formats = arguments.formats,
                           .dark = arguments.dark,
                           .map_method = arguments.method == "pca" ? MapMethod::kPca : MapMethod::kTsne,
                           .pairs = arguments.pairs,
                           .queries = arguments.queries,
                           .largest_k = arguments.largest_k,
                           .seed = arguments.seed,
                           .pictures = arguments.pictures,
                           .notice = bars.notice()},
                          bars.stages());
}

void run_figures(const FiguresArguments& arguments) {
  const Json drawn = draw(arguments);
  if (arguments.json) {
    std::cout << json_text(drawn) << "\n";
  } else {
    for (const Json& file : drawn["files"]) std::cout << file.get<std::string>() << "\n";
  }
}

}  // namespace

void add_figures_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("figures", "Draw a run's figures for print: maps, similarities, recall, training, answers");
  const auto arguments = std::make_shared<FiguresArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out, "Folder to write into; figures of the same name are replaced")
      ->required();
  command->add_option("--format", arguments->formats, "png, svg, pdf, or several: png,pdf")
      ->delimiter(',')
      ->check(CLI::IsMember({"png", "svg", "pdf"}))
      ->capture_default_str();
  command->add_flag("--dark", arguments->dark, "Light on dark; names end in -dark");
  add_split_option(*command, arguments->split);
  command->add_option("--method", arguments->method, "Maps: pca or tsne")
      ->check(CLI::IsMember({"pca", "tsne"}))
      ->capture_default_str();
  command->add_option("--pairs", arguments->pairs, "Maps: at most this many pairs, drawn at random")
      ->check(CLI::Range(2, 1000000))
      ->capture_default_str();
  command
      ->add_option("--queries", arguments->queries, "Answers: this many captions and as many pictures, drawn at random")
      ->check(CLI::Range(1, 50))
      ->capture_default_str();
  add_pictures_option(*command, arguments->pictures);
  command->add_option("--largest-k", arguments->largest_k, "Recall: k from 1 to this, or to the gallery's size")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Same seed, same pairs, queries and maps")->capture_default_str();
  command->add_flag("--json", arguments->json, "Print files and numbers as JSON");
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->footer(
      "Examples:\n"
      "  tandem figures run --out figures\n"
      "  tandem figures run --out figures --format pdf,svg --queries 8\n"
      "  tandem figures run --out figures --dark --method pca --seed 3\n"
      "\nWrites joint-map (before and after training), similarity-matrix, similarity-histogram, recall-curves, "
      "training-curves,\n"
      "caption-queries and picture-queries. They are 3.4 or 7 inches wide with letters of 8 and 9 points; PNG has "
      "288 pixels\n"
      "per inch.");
  command->callback([arguments] { run_figures(*arguments); });
}

}  // namespace tandem::apps

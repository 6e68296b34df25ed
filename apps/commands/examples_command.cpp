#include <iostream>
#include <memory>

#include "apps/arguments/pictures_argument.h"
#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/number_text.h"
#include "tandem/model/model.h"
#include "tandem/reports/example_pairs.h"

namespace tandem::apps {
namespace {

struct ExamplesArguments {
  std::string run;
  std::string out;
  std::string split = "test";
  std::string features;
  std::string pictures;
  std::int64_t count = 12;
};

std::vector<ExampleSection> sections_of(const EmbeddedSplit& embedded, const std::vector<RankedPair>& pairs,
                                        std::int64_t count) {
  ProgressStages bars;
  return example_sections(embedded, pairs, count, bars.stages());
}

void run_examples(const ExamplesArguments& arguments) {
  EmbeddedSplit embedded = Model::open(arguments.run).embed(arguments.features, arguments.split);
  move_pictures_if_given(embedded.store, arguments.pictures);
  const std::vector<RankedPair> pairs = ranked_pairs(embedded.image, embedded.text, embedded.pairs.image_of_text);
  const std::vector<ExampleSection> sections = sections_of(embedded, pairs, arguments.count);
  write_example_pairs(arguments.out, embedded, arguments.split, pairs, sections);
  tell_missing_pictures(embedded.store, embedded.pairs.image_in_store);
  std::cout << arguments.out << ": the " << sections[0].examples.size() << " best, " << sections[1].examples.size()
            << " near misses and the " << sections[2].examples.size() << " worst of "
            << with_thousands(static_cast<std::int64_t>(pairs.size())) << " pairs\n";
}

}  // namespace

void add_examples_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("examples", "Show the best and the worst aligned pairs, and near misses");
  const auto arguments = std::make_shared<ExamplesArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out, "Page to write, .html")->required();
  add_split_option(*command, arguments->split);
  command->add_option("--count", arguments->count, "Pairs of each kind")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  add_pictures_option(*command, arguments->pictures);
  command->footer(
      "Examples:\n"
      "  tandem examples run --out examples.html\n"
      "  tandem examples run --split train --count 50 --out train.html");
  command->callback([arguments] { run_examples(*arguments); });
}

}  // namespace tandem::apps

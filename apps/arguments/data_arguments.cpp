#include "apps/arguments/data_arguments.h"

#include "apps/arguments/idle_options.h"

namespace tandem::apps {

void add_data_arguments(CLI::App& command, const std::string& name, DataArguments& arguments) {
  arguments.command = &command;
  command.add_option(name, arguments.spec, known_data_specs() + ", or a path that speaks for itself")->required();
  command.add_option("--limit", arguments.options.limit, "Work on so many pictures, chosen by --data-seed; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--per-category", arguments.options.per_category, "Work on so many pictures of each class; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--data-seed", arguments.options.seed,
                  "Seed of what --limit and --per-category keep and of generated captions")
      ->capture_default_str();
  command.add_option("--templates", arguments.options.templates,
                     "Captions to generate for data with classes alone, one a line with {} for the class");
}

CaptionSet read_data(const DataArguments& arguments) {
  const DataOptions& options = arguments.options;
  const bool generates = generates_captions(arguments.spec);
  if (arguments.command != nullptr) {
    refuse_idle_options(*arguments.command, {{{"--templates"}, "data with classes alone", generates, arguments.spec},
                                             {{"--data-seed"},
                                              "--limit, --per-category or data with classes alone",
                                              generates || options.limit > 0 || options.per_category > 0}});
  }
  return tandem::read_data(arguments.spec, options);
}

}  // namespace tandem::apps

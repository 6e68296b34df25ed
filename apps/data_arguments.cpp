#include "apps/data_arguments.h"

namespace tandem::apps {

void add_data_arguments(CLI::App& command, const std::string& name, DataArguments& arguments) {
  command.add_option(name, arguments.spec, known_data_specs() + ", or a path that speaks for itself")->required();
  command.add_option("--limit", arguments.options.limit, "Work on so many pictures, chosen by --data-seed; 0: all")->check(CLI::NonNegativeNumber)->capture_default_str();
  command.add_option("--per-category", arguments.options.per_category, "Work on so many pictures of each class; 0: all")->check(CLI::NonNegativeNumber)->capture_default_str();
  command.add_option("--data-seed", arguments.options.seed, "Seed of what --limit and --per-category keep and of generated captions")->capture_default_str();
  command.add_option("--templates", arguments.options.templates, "Captions to generate for data with classes alone, one a line with {} for the class");
}

CaptionSet read_data(const DataArguments& arguments) { return tandem::read_data(arguments.spec, arguments.options); }

}  // namespace tandem::apps

#include "apps/arguments/data_arguments.h"

#include "apps/arguments/idle_options.h"

namespace tandem::apps {
namespace {

void add_column_arguments(CLI::App& command, DataOptions& options) {
  command.add_option("--image-column", options.columns.image,
                     "Tables: column of the pictures, by name or number from 1; default: image, filename, path, ...");
  command.add_option("--caption-column", options.columns.caption,
                     "Tables: column of the captions, or several as a,b; default: caption, text, ..., caption_1, "
                     "caption_2, ...");
  command.add_option("--split-column", options.columns.split, "Tables: column of the splits; default: split");
  command.add_option("--label-column", options.columns.label,
                     "Tables: column of the classes; default: label, class or category");
  command.add_option("--delimiter", options.delimiter,
                     "Tables: comma, semicolon, tab, bar or a character; default: told by the first records");
}

}  // namespace

void add_data_arguments(CLI::App& command, const std::string& name, DataArguments& arguments) {
  arguments.command = &command;
  command.add_option(name, arguments.spec, known_data_specs() + ", or a path that shows which of these it is")
      ->required();
  command
      .add_option("--limit", arguments.options.limit, "Use at most this many pictures, chosen by --data-seed; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--per-category", arguments.options.per_category,
                  "Use at most this many pictures of each class; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--data-seed", arguments.options.seed,
                  "Seed of the choice by --limit and --per-category, and of generated captions")
      ->capture_default_str();
  command.add_option("--templates", arguments.options.templates,
                     "For data with classes but no captions: file with captions to generate, one per line, {} for the "
                     "class");
  add_column_arguments(command, arguments.options);
}

CaptionSet read_data(const DataArguments& arguments) {
  const DataOptions& options = arguments.options;
  const bool generates = generates_captions(arguments.spec);
  if (arguments.command != nullptr) {
    refuse_idle_options(*arguments.command,
                        {{{"--image-column", "--caption-column", "--split-column", "--label-column", "--delimiter"},
                          "tables",
                          reads_table(arguments.spec),
                          arguments.spec},
                         {{"--templates"}, "data with classes alone", generates, arguments.spec},
                         {{"--data-seed"},
                          "--limit, --per-category or data with classes alone",
                          generates || options.limit > 0 || options.per_category > 0}});
  }
  return tandem::read_data(arguments.spec, options);
}

}  // namespace tandem::apps

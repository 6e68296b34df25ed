#include <iostream>
#include <memory>

#include "apps/commands/command.h"

namespace tandem::apps {

void add_help_command(CLI::App& app) {
  struct HelpArguments {
    std::string command;
    bool all = false;
  };
  CLI::App* command = app.add_subcommand("help", "Explain tandem, or one of its commands");
  const auto arguments = std::make_shared<HelpArguments>();
  std::vector<std::string> names = {"help"};
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(one->get_name());
  command->add_option("command", arguments->command, "The command to explain")->check(CLI::IsMember(names));
  command->add_flag("--all", arguments->all, "Show all options, in groups, as --help-all does");
  command->footer(
      "Examples:\n"
      "  tandem help\n"
      "  tandem help train\n"
      "  tandem help train --all");
  command->callback([&app, arguments] {
    const CLI::AppFormatMode mode = arguments->all ? CLI::AppFormatMode::All : CLI::AppFormatMode::Normal;
    const CLI::App* asked = arguments->command.empty() ? &app : app.get_subcommand(arguments->command);
    std::cout << app.get_formatter()->make_help(asked, "", mode);
  });
}

}  // namespace tandem::apps

#include "apps/help/completion.h"

#include <algorithm>
#include <map>

#include "apps/help/command_groups.h"
#include "apps/help/help_page.h"
#include "apps/help/option_groups.h"

namespace tandem::apps {
namespace {

/// Options whose words the parser does not list, because it accepts more than these.
const std::map<std::string, std::vector<std::string>>& usual_words() {
  static const std::map<std::string, std::vector<std::string>> words = {
      {"--split", {"train", "dev", "test", "all"}},
      {"--gallery-split", {"train", "dev", "test", "all"}},
      {"--device", {"cpu", "cuda"}},
      {"--variant", {"val", "train", "both", "binary", "python"}},
  };
  return words;
}

CompletedOption completed_option(const CLI::Option& option) {
  CompletedOption completed{.names = {}, .description = option.get_description(), .words = accepted_words(option)};
  for (const std::string& name : option.get_snames()) completed.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) completed.names.push_back("--" + name);
  completed.is_flag = is_flag(option);
  const std::string name = option_name(option);
  const auto usual = usual_words().find(name);
  if (completed.words.empty() && usual != usual_words().end()) completed.words = usual->second;
  if (!completed.words.empty()) {
    completed.value = Completed::kWords;
  } else if (takes_number(option) || completed.is_flag) {
    completed.value = Completed::kNothing;
  } else if (name == "--data" || name == "data") {
    completed.value = Completed::kData;
  }
  return completed;
}

CompletedCommand completed_command(const CLI::App& command) {
  CompletedCommand completed{
      .name = command.get_name(), .description = command.get_description(), .options = {}, .word = {}};
  completed.word.value = Completed::kNothing;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    const CompletedOption one = completed_option(*option);
    if (!one.names.empty()) completed.options.push_back(one);
    if (option->get_positional() && completed.word.value == Completed::kNothing) completed.word = one;
  }
  return completed;
}

}  // namespace

std::vector<CompletedCommand> completed_commands(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CommandGroup& group : command_groups())
    names.insert(names.end(), group.commands.begin(), group.commands.end());
  const std::vector<std::string> others = commands_without_group(program);
  names.insert(names.end(), others.begin(), others.end());
  std::vector<CompletedCommand> commands;
  for (const std::string& name : names) {
    const auto found = program.get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
    if (!found.empty()) commands.push_back(completed_command(*found.front()));
  }
  return commands;
}

std::string single_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string fish_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
  return quoted + "'";
}

}  // namespace tandem::apps

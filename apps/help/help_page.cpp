#include "apps/help/help_page.h"

#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "apps/help/command_groups.h"
#include "apps/help/help_text.h"
#include "apps/help/option_groups.h"
#include "apps/terminal/colour.h"
#include "tandem/base/joined_text.h"

namespace tandem::apps {
namespace {

constexpr std::size_t kOptionColumn = 28;
constexpr std::size_t kCommandColumn = 14;
constexpr std::size_t kLongestChoices = 44;  ///< a longer list of words stands in the description

std::string help_heading(const std::string& text) { return bold(text, STDOUT_FILENO) + "\n"; }

const CLI::App* command_named(const CLI::App& program, const std::string& name) {
  const auto found = program.get_subcommands([&](const CLI::App* one) { return one->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

std::string command_entry(const CLI::App& command) {
  return two_columns(command.get_name(), command.get_description(), kCommandColumn);
}

std::string command_list(const CLI::App& program) {
  std::string text;
  for (const CommandGroup& group : command_groups()) {
    std::string lines;
    for (const std::string& name : group.commands) {
      const CLI::App* command = command_named(program, name);
      if (command != nullptr) lines += command_entry(*command);
    }
    if (!lines.empty()) text += "\n" + help_heading(group.title + ":") + lines;
  }
  std::string others;
  for (const std::string& name : commands_without_group(program))
    others += command_entry(*command_named(program, name));
  return others.empty() ? text : text + "\n" + help_heading("Others:") + others;
}

/// "INT:INT in [0 - 256]" -> "0 to 256"
std::string range_text(const std::string& type) {
  const std::size_t begin = type.find(" in ["), end = type.rfind(']');
  if (begin != std::string::npos && end != std::string::npos) {
    const std::string range = type.substr(begin + 5, end - begin - 5);
    const std::size_t middle = range.find(" - ");
    return range.substr(0, middle) + " to " + range.substr(middle + 3);
  }
  if (type.ends_with(":POSITIVE")) return "above 0";
  return type.ends_with(":NONNEGATIVE") ? "0 or more" : "";
}

std::string placeholder(const CLI::Option& option) {
  if (is_flag(option)) return "";
  const std::string type = option.get_type_name();
  const std::string choices = "{" + joined_text(accepted_words(option), ",") + "}";
  std::string name = takes_number(option) ? (type.starts_with("FLOAT") ? "X" : "N") : "TEXT";
  if (choices.size() > 2) name = choices.size() <= kLongestChoices ? choices : "WORD";
  return name + (option.get_items_expected_max() > 1 ? " ..." : "");
}

std::string left_column(const CLI::Option& option) {
  const std::string value = placeholder(option);
  std::vector<std::string> names;
  if (option.get_positional()) names.push_back(option.get_name(true) + (value.ends_with(" ...") ? " ..." : ""));
  const bool is_word = option.get_lnames().empty() && option.get_snames().empty();
  if (is_word) return names.front();
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return joined_text(names, ", ") + (value.empty() ? "" : " " + value);
}

/// "Threads; 0: one per core [0 to 256; default: 0]"
std::string right_column(const CLI::Option& option, bool all) {
  std::vector<std::string> notes;
  if (option.get_required()) notes.emplace_back("required");
  const std::vector<std::string> words = accepted_words(option);
  const std::string choices = joined_text(words, ", ");
  const auto is_told = [&](const std::string& word) {
    return option.get_description().find(word) != std::string::npos;
  };
  const bool all_told = std::all_of(words.begin(), words.end(), is_told);
  if (choices.size() + 2 > kLongestChoices && !all_told) notes.push_back("one of " + choices);
  const std::string range = range_text(option.get_type_name());
  if (all && !range.empty()) notes.push_back(range);
  if (!option.get_default_str().empty()) notes.push_back("default: " + option.get_default_str());
  return option.get_description() + (notes.empty() ? "" : " [" + joined_text(notes, "; ") + "]");
}

std::string option_lines(const std::vector<const CLI::Option*>& options, bool all) {
  std::string text;
  for (const CLI::Option* option : options)
    text += two_columns(left_column(*option), right_column(*option, all), kOptionColumn);
  return text;
}

/// The options of a command: words without a dash, essential ones, the rest, and those that every
/// command has.
struct CommandOptions {
  std::vector<const CLI::Option*> words, essential, rest, everyday;
};

CommandOptions options_of(const CLI::App& command) {
  CommandOptions sorted;
  const std::vector<std::string>& names = essential_options(command.get_name());
  const auto place = [&](const CLI::Option* option) {
    return std::find(names.begin(), names.end(), option_name(*option)) - names.begin();
  };
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option_name(*option);
    if (option->get_group().empty()) continue;  // hidden
    if (is_everyday_option(name)) {
      sorted.everyday.push_back(option);
    } else if (option->get_positional()) {
      sorted.words.push_back(option);
    } else if (names.empty() || option->get_required() || place(option) < std::ssize(names)) {
      sorted.essential.push_back(option);
    } else {
      sorted.rest.push_back(option);
    }
  }
  std::stable_sort(sorted.essential.begin(), sorted.essential.end(),
                   [&](const CLI::Option* a, const CLI::Option* b) { return place(a) < place(b); });
  return sorted;
}

std::string usage_line(const CLI::App& command, const CommandOptions& options) {
  std::string line = "tandem " + command.get_name() + " [OPTIONS]";
  for (const CLI::Option* option : options.words) {
    const std::string word = left_column(*option);
    line += option->get_required() ? " " + option->get_name(true) : " [" + option->get_name(true) + "]";
    if (word.ends_with(" ...")) line += "...";
  }
  for (const CLI::Option* option : options.essential) {
    if (option->get_required()) line += " " + option_name(*option) + " " + placeholder(*option);
  }
  return bold("Usage:", STDOUT_FILENO) + " " + line + "\n";
}

/// The rest in groups: those of the table in its order, then others as they come.
std::string rest_in_groups(const std::vector<const CLI::Option*>& rest) {
  std::vector<std::string> titles = option_group_titles();
  for (const CLI::Option* option : rest) {
    const std::string title = option_group(*option);
    if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
  }
  std::string text;
  for (const std::string& title : titles) {
    std::vector<const CLI::Option*> group;
    std::copy_if(rest.begin(), rest.end(), std::back_inserter(group),
                 [&](const CLI::Option* option) { return option_group(*option) == title; });
    if (!group.empty()) text += "\n" + help_heading(title + ":") + option_lines(group, true);
  }
  return text;
}

std::string command_page(const CLI::App& command, bool all) {
  const CommandOptions options = options_of(command);
  std::string text = laid_out(command.get_description()) + "\n" + usage_line(command, options);
  if (!options.words.empty()) text += "\n" + help_heading("Words:") + option_lines(options.words, all);
  if (!options.essential.empty()) text += "\n" + help_heading("Options:") + option_lines(options.essential, all);
  if (all) {
    text +=
        rest_in_groups(options.rest) + "\n" + help_heading("Of every command:") + option_lines(options.everyday, all);
  } else {
    const std::string number = std::to_string(options.rest.size());
    const std::string more =
        options.rest.empty() ? "" : number + (number == "1" ? " more option: " : " more options: ");
    text += "\n" + laid_out(more + (more.empty() ? "" : "'tandem " + command.get_name() + " --help-all'. ") +
                            "Of every command: --quiet, --verbose, --log FILE.");
  }
  const std::string footer = command.get_footer();
  const bool is_inherited = command.get_parent() != nullptr && footer == command.get_parent()->get_footer();
  return footer.empty() || is_inherited ? text : text + "\n" + laid_out(footer);
}

std::string program_page(const CLI::App& program) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : program.get_options()) {
    if (!option->get_group().empty()) options.push_back(option);
  }
  return laid_out(program.get_description()) + "\n" + bold("Usage:", STDOUT_FILENO) + " tandem COMMAND [OPTIONS]\n" +
         command_list(program) + "\n" + help_heading("Options:") + option_lines(options, true) + "\n" +
         laid_out(program.get_footer());
}

}  // namespace

std::vector<std::string> commands_without_group(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    const auto has = [&](const CommandGroup& group) {
      return std::find(group.commands.begin(), group.commands.end(), command->get_name()) != group.commands.end();
    };
    if (std::none_of(command_groups().begin(), command_groups().end(), has)) names.push_back(command->get_name());
  }
  return names;
}

std::string short_help(const CLI::App& program) {
  return laid_out(program.get_description()) + "\n" + bold("Usage:", STDOUT_FILENO) + " tandem COMMAND [OPTIONS]\n" +
         command_list(program) +
         "\n'tandem help COMMAND' explains one of them, 'tandem --help' shows the usual steps.\n";
}

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  return std::make_shared<CLI::FormatterLambda>([](const CLI::App* app, std::string, CLI::AppFormatMode mode) {
    return app->get_parent() == nullptr ? program_page(*app) : command_page(*app, mode == CLI::AppFormatMode::All);
  });
}

std::vector<std::string> accepted_words(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t begin = type.find('{');
  std::vector<std::string> words;
  if (begin == std::string::npos || !type.ends_with('}')) return words;
  std::istringstream list(type.substr(begin + 1, type.size() - begin - 2));
  for (std::string word; std::getline(list, word, ',');) words.push_back(word);
  return words;
}

bool takes_number(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.starts_with("INT") || type.starts_with("UINT") || type.starts_with("FLOAT");
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

}  // namespace tandem::apps

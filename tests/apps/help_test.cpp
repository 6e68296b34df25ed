#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "apps/commands/program_parser.h"
#include "apps/help/command_groups.h"
#include "apps/help/help_page.h"
#include "apps/help/help_text.h"
#include "apps/help/option_groups.h"
#include "apps/terminal/terminal_line.h"

using namespace tandem;
using namespace tandem::apps;

namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
  return program.get_subcommands([](const CLI::App*) { return true; });
}

std::string page_of(const CLI::App& program, const CLI::App& one, CLI::AppFormatMode mode) {
  return program.get_formatter()->make_help(&one, "", mode);
}

void check_width(const std::string& page) {
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);)
    CHECK_MESSAGE(shown_columns(line) <= kHelpColumns, line.size(), " columns: ", line);
}

}  // namespace

TEST_CASE("every command belongs to one group") {
  CLI::App program;
  build_program_parser(program);
  CHECK(commands_without_group(program).empty());
  std::set<std::string> seen;
  for (const CommandGroup& group : command_groups()) {
    for (const std::string& name : group.commands) CHECK_MESSAGE(seen.insert(name).second, name, " twice");
  }
}

TEST_CASE("help shows a dozen options, and help-all shows every one of them, in 100 columns") {
  CLI::App program;
  build_program_parser(program);
  constexpr std::size_t kDozen = 14;
  for (const CLI::App* command : commands_of(program)) {
    const std::string brief = page_of(program, *command, CLI::AppFormatMode::Normal);
    const std::string whole = page_of(program, *command, CLI::AppFormatMode::All);
    check_width(brief);
    check_width(whole);
    std::size_t shown = 0;
    for (const CLI::Option* option : command->get_options()) {
      const std::string name = option_name(*option);
      if (is_everyday_option(name) || option->get_positional()) continue;
      CHECK_MESSAGE(whole.find(name) != std::string::npos, command->get_name(), " ", name);
      const std::string start = option->get_snames().empty() ? "\n  " + name : "\n  -" + option->get_snames().front();
      if (brief.find(start + " ") != std::string::npos || brief.find(start + "\n") != std::string::npos) ++shown;
      if (option->get_required()) CHECK(brief.find(start) != std::string::npos);
    }
    CHECK_MESSAGE(shown <= kDozen, command->get_name(), " shows ", shown);
    for (const std::string& name : essential_options(command->get_name())) {
      const bool there = command->get_option_no_throw(name) != nullptr;
      CHECK_MESSAGE((!there || brief.find(name) != std::string::npos), command->get_name(), " ", name);
    }
  }
}

TEST_CASE("an option that no table names stands under Other options, or in its own group") {
  CLI::App program;
  program.formatter(help_formatter());
  CLI::App* command = program.add_subcommand("train", "Train");
  int number = 0;
  command->add_option("--loss", number, "Known");
  command->add_option("--unheard-of", number, "Unknown");
  command->add_option("--of-a-group", number, "Grouped")->group("Lenses");
  const std::string brief = page_of(program, *command, CLI::AppFormatMode::Normal);
  CHECK(brief.find("--loss N") != std::string::npos);
  CHECK(brief.find("--unheard-of") == std::string::npos);
  CHECK(brief.find("2 more options: 'tandem train --help-all'") != std::string::npos);
  const std::string whole = page_of(program, *command, CLI::AppFormatMode::All);
  CHECK(whole.find("\nOther options:\n  --unheard-of N") != std::string::npos);
  CHECK(whole.find("\nLenses:\n  --of-a-group N") != std::string::npos);
}

TEST_CASE("the short help and the help of the program name every command") {
  CLI::App program;
  build_program_parser(program);
  const std::string brief = short_help(program);
  const std::string whole = page_of(program, program, CLI::AppFormatMode::Normal);
  check_width(brief);
  check_width(whole);
  for (const CLI::App* command : commands_of(program)) {
    const std::string line = "\n  " + command->get_name() + " ";
    CHECK_MESSAGE(brief.find(line) != std::string::npos, line);
    CHECK_MESSAGE(whole.find(line) != std::string::npos, line);
  }
  CHECK(whole.find("--quiet") != std::string::npos);
  CHECK(whole.find("codes: 0 done; 2 bad input") != std::string::npos);
}

TEST_CASE("commands that are too long go on after a backslash, outside of quotes") {
  const std::string words(60, 'x');
  const std::string text =
      laid_out("Examples:\n  tandem search run \"" + words + " a b\" --one 1 --two 2 --three " + words + "\n");
  CHECK(text ==
        "Examples:\n  tandem search run \"" + words + " a b\" --one 1 \\\n      --two 2 --three " + words + "\n");
  CHECK(laid_out("  tandem a          # " + words + words.substr(0, 20) + "\n") ==
        "  tandem a  # " + words + words.substr(0, 20) + "\n");
  CHECK(laid_out("  tandem a  # " + words + words + "\n") == "  # " + words + words + "\n  tandem a\n");
  CHECK(laid_out("One two\nthree.\n\nFour\n") == "One two three.\n\nFour\n");
}

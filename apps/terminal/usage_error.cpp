#include "apps/terminal/usage_error.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "tandem/base/joined_text.h"
#include "tandem/base/near_word.h"

namespace tandem::apps {
namespace {

/// The JSON library's number for text that is not UTF-8.
constexpr int kInvalidUtf8 = 316;

/// The text up to its first line's end.
std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

std::string on_one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// "you tried to allocate 17179869184 bytes" -> " of 17179869184 bytes"
std::string bytes_wanted(const std::string& text) {
  constexpr const char* kBefore = "tried to allocate ";
  const std::size_t at = text.find(kBefore);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + std::string_view(kBefore).size();
  const std::size_t end = text.find_first_of(".\n", begin);
  return " for another " + text.substr(begin, end - begin);
}

std::string did_you_mean(const std::string& found, const std::vector<std::string>& known) {
  const std::optional<std::string> meant = near_word(found, known);
  return "found '" + found + "'" + (meant ? " (did you mean '" + *meant + "'?)" : "");
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

/// Of a word that the command did not expect.
std::string surplus_sentence(const CLI::App& command, const std::string& word) {
  const bool is_program = command.get_parent() == nullptr;
  if (!word.starts_with('-')) {
    return is_program ? "expected a command, " + did_you_mean(word, command_names(command))
                      : "expected no further word, found '" + word + "'";
  }
  const std::string option = word.substr(0, word.find('='));
  return "expected an option" + (is_program ? "" : " of " + command.get_name()) + ", " +
         did_you_mean(option, option_names(command));
}

/// "--dtype: fp3 not in {auto,fp32}" -> "--dtype: expected auto or fp32, found 'fp3' ..."
std::optional<std::string> choice_sentence(const std::string& what) {
  constexpr std::string_view kNotIn = " not in {";
  const std::size_t name_end = what.find(": ");
  const std::size_t end = what.rfind(kNotIn);
  if (name_end == std::string::npos || end == std::string::npos || end < name_end + 2 || !what.ends_with('}'))
    return std::nullopt;
  std::vector<std::string> choices;
  std::stringstream list(what.substr(end + kNotIn.size(), what.size() - end - kNotIn.size() - 1));
  for (std::string choice; std::getline(list, choice, ',');) choices.push_back(choice);
  return what.substr(0, name_end) + ": expected one of " + joined_text(choices, ", ") + ", " +
         did_you_mean(what.substr(name_end + 2, end - name_end - 2), choices);
}

}  // namespace

std::string usage_sentence(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> unknown = app.remaining();
  const CLI::App* command = &app;
  std::string name = "tandem";
  while (unknown.empty() && !command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    name += " " + command->get_name();
  }
  const std::vector<std::string> extra = command->remaining();
  // A word that was not expected is often the reason why one that is required is missing.
  const bool is_surplus = !extra.empty() && (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
                                             dynamic_cast<const CLI::RequiredError*>(&error) != nullptr);
  const std::string what = is_surplus ? surplus_sentence(*command, extra.front()) : on_one_line(error.what());
  return name + ": " + choice_sentence(what).value_or(what) + "; see '" + name + " --help'";
}

std::string unexpected_sentence(const std::exception& error, int& code) {
  const auto* torch = dynamic_cast<const c10::Error*>(&error);
  const std::string text = torch != nullptr ? torch->what_without_backtrace() : error.what();
  const bool no_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
                         dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
                         text.find("not enough memory") != std::string::npos ||
                         text.find("can't allocate memory") != std::string::npos;
  const auto* json = dynamic_cast<const nlohmann::json::type_error*>(&error);
  const bool no_utf8 = json != nullptr && json->id == kInvalidUtf8;
  code = no_memory || no_utf8 ? 2 : 1;
  if (no_utf8) return "expected paths, names and texts in UTF-8, found one that is not";
  if (no_memory)
    return "expected room in memory" + bytes_wanted(text) + ", found none; smaller widths, batches or data need less";
  return first_line(text);
}

}  // namespace tandem::apps

#include "apps/help/completion.h"
#include "tandem/base/joined_text.h"
#include "tandem/readers/data_spec.h"

namespace tandem::apps {
namespace {

constexpr const char* kFishHead = R"sh(# Completion of tandem for fish, made by 'tandem completion fish'. To try it:
#   tandem completion fish | source

function __tandem_begins
    test (count (commandline -opc)) -eq 1
end

function __tandem_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end
)sh";

std::string fish_value(const CompletedOption& option) {
  switch (option.value) {
    case Completed::kWords:
      return " -x -a " + fish_quoted(joined_text(option.words, " "));
    case Completed::kFiles:
      return " -r -F";
    case Completed::kData:
      return " -r -F -a " +
             fish_quoted(joined_text(data_kinds(), " ", [](const std::string& kind) { return kind + ":"; }));
    case Completed::kNothing:
      break;
  }
  return " -x";
}

std::string fish_names(const CompletedOption& option) {
  std::string text;
  for (const std::string& name : option.names)
    text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return text;
}

std::string fish_command(const CompletedCommand& command) {
  const std::string begin = "complete -c tandem -n '__tandem_command " + command.name + "'";
  std::string text;
  if (command.word.value == Completed::kWords)
    text += begin + " -f -a " + fish_quoted(joined_text(command.word.words, " ")) + "\n";
  if (command.word.value == Completed::kNothing) text += begin + " -f\n";
  if (command.word.value == Completed::kData) {
    text += begin + " -a " +
            fish_quoted(joined_text(data_kinds(), " ", [](const std::string& kind) { return kind + ":"; })) + "\n";
  }
  for (const CompletedOption& option : command.options) {
    text += begin + fish_names(option) + (option.is_flag ? "" : fish_value(option)) + " -d " +
            fish_quoted(option.description) + "\n";
  }
  return text;
}

}  // namespace

std::string fish_completion(const std::vector<CompletedCommand>& commands) {
  std::string text = kFishHead;
  for (const CompletedCommand& command : commands)
    text += "\ncomplete -c tandem -n __tandem_begins -f -a " + command.name + " -d " +
            fish_quoted(command.description) + "\n" + fish_command(command);
  return text + "\ncomplete -c tandem -n __tandem_begins -l help -d 'Print help'\n" +
         "complete -c tandem -n __tandem_begins -l version -d 'Print the version'\n";
}

}  // namespace tandem::apps

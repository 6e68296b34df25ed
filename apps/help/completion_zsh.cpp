#include "apps/help/completion.h"
#include "tandem/base/joined_text.h"
#include "tandem/readers/data_spec.h"

namespace tandem::apps {
namespace {

constexpr const char* kZshHead = R"sh(#compdef tandem
# Completion of tandem for zsh, made by 'tandem completion zsh'. To try it, after compinit:
#   source <(tandem completion zsh)

_tandem_data() {
  if compset -P '*:'; then
    _files
  else
    compadd -S '' -- $_tandem_kinds
    _files
  fi
}
)sh";

constexpr const char* kZshFoot = R"sh(
if [[ $funcstack[1] == _tandem ]]; then
  _tandem "$@"
else
  compdef _tandem tandem
fi
)sh";

std::string escaped_in(const std::string& text, const std::string& special) {
  std::string escaped;
  for (const char c : text) escaped += (special.find(c) == std::string::npos ? "" : "\\") + std::string(1, c);
  return escaped;
}

std::string zsh_action(const CompletedOption& option) {
  switch (option.value) {
    case Completed::kWords:
      return "(" + joined_text(option.words, " ") + ")";
    case Completed::kFiles:
      return "_files";
    case Completed::kData:
      return "_tandem_data";
    case Completed::kNothing:
      break;
  }
  return "";
}

/// A spec of _arguments: '*--split[Pictures of this split]:value:(train dev test all)'
std::string zsh_option(const CompletedOption& option, const std::string& name) {
  std::string spec = "*" + name + "[" + escaped_in(option.description, "[]:\\") + "]";
  if (!option.is_flag) spec += ":value:" + zsh_action(option);
  return single_quoted(spec);
}

std::string zsh_command(const CompletedCommand& command) {
  std::string text = "    " + command.name + ")\n      _arguments";
  for (const CompletedOption& option : command.options) {
    for (const std::string& name : option.names) text += " \\\n        " + zsh_option(option, name);
  }
  if (command.word.value != Completed::kNothing || !command.word.description.empty())
    text += " \\\n        " + single_quoted("*:word:" + zsh_action(command.word));
  return text + "\n      ;;\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CompletedCommand>& commands) {
  std::string text = kZshHead;
  text += "\n_tandem() {\n  local -a commands _tandem_kinds\n  _tandem_kinds=(" +
          joined_text(data_kinds(), " ", [](const std::string& kind) { return kind + ":"; }) + ")\n  commands=(\n";
  for (const CompletedCommand& command : commands)
    text += "    " + single_quoted(command.name + ":" + escaped_in(command.description, ":\\")) + "\n";
  text +=
      "  )\n"
      "  if (( CURRENT == 2 )); then\n"
      "    if [[ $words[2] == -* ]]; then\n"
      "      compadd -- --help --help-all --version --quiet --verbose --log\n"
      "    else\n"
      "      _describe -t commands 'command of tandem' commands\n"
      "    fi\n"
      "    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const CompletedCommand& command : commands) text += zsh_command(command);
  return text + "  esac\n}\n" + kZshFoot;
}

}  // namespace tandem::apps

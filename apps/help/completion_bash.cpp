#include "apps/help/completion.h"
#include "tandem/base/joined_text.h"
#include "tandem/readers/data_spec.h"

namespace tandem::apps {
namespace {

constexpr const char* kBashHead = R"sh(# Completion of tandem for bash, made by 'tandem completion bash'. To try it:
#   source <(tandem completion bash)

_tandem_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_tandem_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_tandem_data() {
  if [[ $1 == *:* ]]; then
    local kind=${1%%:*}: i
    _tandem_files "${1#*:}"
    # bash replaces what follows the colon, unless the user keeps colons inside words.
    [[ $COMP_WORDBREAKS == *:* ]] && return
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=$kind${COMPREPLY[i]}; done
    return
  fi
  local files
  _tandem_words "$_tandem_kinds" "$1"
  [[ ${#COMPREPLY[@]} -gt 0 ]] && compopt -o nospace 2>/dev/null
  mapfile -t files < <(compgen -f -- "$1")
  [[ ${#COMPREPLY[@]} -eq 0 ]] && compopt -o filenames 2>/dev/null
  COMPREPLY+=("${files[@]}")
}

# The command line up to the cursor, in _tandem_line: bash breaks words at : and =, here they are whole.
_tandem_read_line() {
  local i word joins=
  _tandem_line=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if ((i > 1)) && [[ $word == [:=]* ]]; then
      _tandem_line[-1]+=$word
      joins=1
    elif [[ $joins && $word != -* && ($word || ${COMP_LINE:COMP_POINT-1:1} != ' ') ]]; then
      _tandem_line[-1]+=$word
      joins=
    else
      _tandem_line+=("$word")
      joins=
    fi
  done
}
)sh";

constexpr const char* kBashFoot = R"sh(
_tandem() {
  local _tandem_line command= current previous i
  _tandem_read_line
  COMPREPLY=()
  current=${_tandem_line[-1]}
  previous=${_tandem_line[-2]}
  for ((i = 1; i < ${#_tandem_line[@]} - 1; i++)); do
    [[ ${_tandem_line[i]} == -* || ${_tandem_line[i - 1]} == --log ]] && continue
    command=${_tandem_line[i]}
    break
  done
  if [[ $current == --*=* ]]; then
    _tandem_value "$command" "${current%%=*}" "${current#*=}"
  elif [[ $previous == -* ]] && _tandem_value "$command" "$previous" "$current"; then
    return
  elif [[ $current == -* ]]; then
    _tandem_words "$(_tandem_options "$command")" "$current"
  elif [[ $command ]]; then
    _tandem_word "$command" "$current"
  else
    _tandem_words "$_tandem_commands" "$current"
  fi
}

complete -F _tandem tandem
)sh";

std::string bash_action(const CompletedOption& option, const std::string& argument) {
  switch (option.value) {
    case Completed::kWords:
      return "_tandem_words " + single_quoted(joined_text(option.words, " ")) + " " + argument;
    case Completed::kFiles:
      return "_tandem_files " + argument;
    case Completed::kData:
      return "_tandem_data " + argument;
    case Completed::kNothing:
      break;
  }
  return ":";
}

std::string names_of_options(const CompletedCommand& command) {
  return joined_text(command.options, " ",
                     [](const CompletedOption& option) { return joined_text(option.names, " "); });
}

/// A function that completes the value of an option; it fails for an option without one.
std::string bash_values(const std::vector<CompletedCommand>& commands) {
  std::string text = "\n_tandem_value() {\n  case \"$1 $2\" in\n";
  for (const CompletedCommand& command : commands) {
    for (const CompletedOption& option : command.options) {
      if (option.is_flag || option.names.back() == "--log") continue;
      const auto pattern = [&](const std::string& name) { return single_quoted(command.name + " " + name); };
      text += "    " + joined_text(option.names, " | ", pattern) + ") " + bash_action(option, "\"$3\"") + " ;;\n";
    }
  }
  return text + "    *' --log') _tandem_files \"$3\" ;;\n    *) return 1 ;;\n  esac\n}\n";
}

}  // namespace

std::string bash_completion(const std::vector<CompletedCommand>& commands) {
  const auto kind = [](const std::string& name) { return name + ":"; };
  std::string text = kBashHead;
  text += "\n_tandem_kinds=" + single_quoted(joined_text(data_kinds(), " ", kind)) + "\n";
  text += "_tandem_commands=" +
          single_quoted(joined_text(commands, " ", [](const CompletedCommand& one) { return one.name; })) + "\n";
  text +=
      "\n_tandem_options() {\n  case $1 in\n    '') echo '--help --help-all --version --quiet --verbose --log' ;;\n";
  for (const CompletedCommand& command : commands)
    text += "    " + command.name + ") echo " + single_quoted(names_of_options(command)) + " ;;\n";
  text += "  esac\n}\n" + bash_values(commands) + "\n_tandem_word() {\n  case $1 in\n";
  for (const CompletedCommand& command : commands)
    text += "    " + command.name + ") " + bash_action(command.word, "\"$2\"") + " ;;\n";
  return text + "  esac\n}\n" + kBashFoot;
}

}  // namespace tandem::apps

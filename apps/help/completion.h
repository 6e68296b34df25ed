// Scripts by which a shell completes the command line of tandem. They are made from the program's
// own commands and options.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace tandem::apps {

/// What can stand in one place of the command line.
enum class Completed {
  kNothing,  ///< a number, or text of one's own
  kWords,    ///< one of a few words
  kFiles,    ///< the name of a file or folder
  kData,     ///< a kind of data and a colon, then the name of a file or folder; or that name alone
};

struct CompletedOption {
  std::vector<std::string> names;  ///< "-k", "--quiet"; without dashes: the words of the command
  std::string description;
  bool is_flag = false;
  Completed value = Completed::kFiles;
  std::vector<std::string> words;  ///< of kWords
};

struct CompletedCommand {
  std::string name;
  std::string description;
  std::vector<CompletedOption> options;  ///< those with dashes
  CompletedOption word;                  ///< what words without a dash are; kNothing: there are none
};

/// The commands of the program in the order of the help, with all their options.
std::vector<CompletedCommand> completed_commands(const CLI::App& program);

std::string bash_completion(const std::vector<CompletedCommand>& commands);
std::string zsh_completion(const std::vector<CompletedCommand>& commands);
std::string fish_completion(const std::vector<CompletedCommand>& commands);

/// The text as one word of a shell, between single quotes: of bash and zsh, and of fish.
std::string single_quoted(const std::string& text);
std::string fish_quoted(const std::string& text);

}  // namespace tandem::apps

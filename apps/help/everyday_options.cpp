#include "apps/help/everyday_options.h"

#include <c10/util/Exception.h>

#include <string>
#include <vector>

namespace tandem::apps {
namespace {

bool has_option(const CLI::App& command, const std::string& option) {
  return command.get_option_no_throw(option) != nullptr;
}

void add_flag_once(CLI::App& command, const std::string& letter, const std::string& name, const std::string& help) {
  if (has_option(command, name)) return;
  command.add_flag((has_option(command, letter) ? "" : letter + ",") + name, help);
}

void add_everyday_to(CLI::App& command) {
  add_flag_once(command, "-q", "--quiet", "Say nothing but results and errors");
  add_flag_once(command, "-v", "--verbose", "Say the time and the memory of every stage too");
  if (has_option(command, "--log")) return;
  command.add_option_function<std::string>(
      "--log", [](const std::string&) {},
      "Append everything that is said on standard error to this file, with the time (UTC)");
}

bool was_given(const CLI::App& command, const std::string& option) {
  const CLI::Option* found = command.get_option_no_throw(option);
  return found != nullptr && found->count() > 0;
}

}  // namespace

void add_everyday_options(CLI::App& program) {
  add_everyday_to(program);
  for (CLI::App* command : program.get_subcommands([](CLI::App*) { return true; })) add_everyday_to(*command);
}

SpeechOptions speech_options(const CLI::App& program) {
  SpeechOptions options;
  std::vector<const CLI::App*> where = {&program};
  for (const CLI::App* command : program.get_subcommands()) where.push_back(command);
  for (const CLI::App* command : where) {
    options.quiet = options.quiet || was_given(*command, "--quiet");
    options.verbose = options.verbose || was_given(*command, "--verbose");
    if (was_given(*command, "--log")) options.log = command->get_option_no_throw("--log")->results().back();
  }
  TORCH_CHECK_VALUE(!(options.quiet && options.verbose), "one of --quiet and --verbose was needed, got both");
  return options;
}

}  // namespace tandem::apps

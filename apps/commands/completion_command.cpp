#include <iostream>
#include <memory>

#include "apps/commands/command.h"
#include "apps/help/completion.h"

namespace tandem::apps {

void add_completion_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("completion", "Print the script that completes commands in a shell");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "The shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "Examples:\n"
      "  source <(tandem completion bash)                # this shell; in ~/.bashrc: every shell\n"
      "  tandem completion zsh > ~/.zfunc/_tandem        # a folder of fpath\n"
      "  tandem completion fish > ~/.config/fish/completions/tandem.fish\n"
      "\n'make install' puts the three where the shells look for them.");
  command->callback([&app, shell] {
    const std::vector<CompletedCommand> commands = completed_commands(app);
    std::cout << (*shell == "bash"  ? bash_completion(commands)
                  : *shell == "zsh" ? zsh_completion(commands)
                                    : fish_completion(commands));
  });
}

}  // namespace tandem::apps

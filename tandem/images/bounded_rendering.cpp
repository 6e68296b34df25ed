#include "tandem/images/bounded_rendering.h"

#include <memory>
#include <string>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

std::string seconds(std::int64_t ms) {
  return std::to_string(ms / 1000) + (ms % 1000 == 0 ? "" : "." + std::to_string(ms % 1000 / 100)) + " s";
}

[[noreturn]] void refuse_rendering(const std::filesystem::path& name, const std::string& what,
                                   const DrawingProcess::End& end, const DrawingBudget& budget) {
  if (end.out_of_time)
    throw FileError(name, "a " + what + " that takes at most " + seconds(budget.cpu_ms) + " of processor time",
                    "one that takes more");
  throw FileError(name,
                  "a " + what + " that needs at most " + std::to_string(budget.memory_bytes >> 20) + " MiB of memory",
                  "one that ended the process that drew it (" + end.words + ")");
}

}  // namespace

Rendering bounded_rendering(const std::filesystem::path& name, std::string_view what, const DrawingBudget& budget,
                            const std::function<std::optional<Rendering>(DrawingProcess&)>& ask) {
  static DrawingProcesses processes;
  std::unique_ptr<DrawingProcess> process = processes.take();
  while (true) {
    if (std::optional<Rendering> drawn = ask(*process)) {
      processes.give_back(std::move(process));
      return *std::move(drawn);
    }
    const DrawingProcess::End end = process->end();
    if (end.out_of_time || !process->has_drawn()) refuse_rendering(name, std::string(what), end, budget);
    process = std::make_unique<DrawingProcess>();
  }
}

}  // namespace tandem

#include "tandem/images/svg_drawing.h"

#include <c10/util/Exception.h>

#include <memory>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/images/embedded_pictures.h"

namespace tandem {
namespace {

constexpr std::int64_t kLargestSide = 16384;

std::string seconds(std::int64_t ms) {
  return std::to_string(ms / 1000) + (ms % 1000 == 0 ? "" : "." + std::to_string(ms % 1000 / 100)) + " s";
}

void check_pictures_inside(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels) {
  const std::int64_t claimed = embedded_pixels(bytes);
  if (claimed > max_pixels) {
    throw FileError(name,
                    "a drawing with pictures inside it of at most " + std::to_string(max_pixels) + " pixels together",
                    "ones that claim " + std::to_string(claimed));
  }
}

[[noreturn]] void refuse(const std::filesystem::path& name, const DrawingProcess::End& end,
                         const DrawingBudget& budget) {
  if (end.out_of_time)
    throw FileError(name, "a drawing that takes at most " + seconds(budget.cpu_ms) + " of processor time",
                    "one that takes more");
  throw FileError(name, "a drawing that needs at most " + std::to_string(budget.memory_bytes >> 20) + " MiB of memory",
                  "one that ended the process that drew it (" + end.words + ")");
}

/// If a drawing breaks a process that has drawn others, it is tried in a new process: earlier
/// drawings must not decide whether it can be drawn.
SvgRendering rendered(std::string_view bytes, const std::filesystem::path& name, std::int64_t side,
                      const DrawingBudget& budget) {
  static DrawingProcesses processes;
  std::unique_ptr<DrawingProcess> process = processes.take();
  while (true) {
    if (std::optional<SvgRendering> drawn = process->draw(bytes, side, budget)) {
      processes.give_back(std::move(process));
      return *std::move(drawn);
    }
    const DrawingProcess::End end = process->end();
    if (end.out_of_time || !process->has_drawn()) refuse(name, end, budget);
    process = std::make_unique<DrawingProcess>();
  }
}

}  // namespace

RgbImage draw_svg(std::string_view bytes, const std::filesystem::path& name, std::int64_t side,
                  const DrawingBudget& budget) {
  TORCH_CHECK_VALUE(side >= 1 && side <= kLargestSide, "draw_svg: the side must be 1 to ", kLargestSide, ", got ",
                    side);
  check_pictures_inside(bytes, name, budget.max_pixels);
  SvgRendering drawn = rendered(bytes, name, side, budget);
  if (drawn.rgb.empty()) throw FileError(name, drawn.expected, drawn.found);
  return {.height = side, .width = side, .pixels = std::move(drawn.rgb)};
}

}  // namespace tandem

#include "tandem/images/svg_drawing.h"

#include <c10/util/Exception.h>

#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/images/bounded_rendering.h"
#include "tandem/images/embedded_pictures.h"

namespace tandem {
namespace {

constexpr std::int64_t kLargestSide = 16384;

void check_pictures_inside(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels) {
  const std::int64_t claimed = embedded_pixels(bytes);
  if (claimed > max_pixels) {
    throw FileError(name,
                    "a drawing with pictures inside it of at most " + std::to_string(max_pixels) + " pixels together",
                    "ones that claim " + std::to_string(claimed));
  }
}

}  // namespace

RgbImage draw_svg(std::string_view bytes, const std::filesystem::path& name, std::int64_t side,
                  const DrawingBudget& budget) {
  TORCH_CHECK_VALUE(side >= 1 && side <= kLargestSide, "draw_svg: the side must be 1 to ", kLargestSide, ", got ",
                    side);
  check_pictures_inside(bytes, name, budget.max_pixels);
  Rendering drawn = bounded_rendering(name, "drawing", budget,
                                      [&](DrawingProcess& process) { return process.draw(bytes, side, budget); });
  if (drawn.rgb.empty()) throw FileError(name, drawn.expected, drawn.found);
  return {.height = drawn.height, .width = drawn.width, .pixels = std::move(drawn.rgb)};
}

}  // namespace tandem

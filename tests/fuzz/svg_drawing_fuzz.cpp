#include "fuzz/fuzz.h"
#include "tandem/images/svg_drawing.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(svg_drawing) {
  return fuzz::answer(
      [&] { draw_svg(fuzz::text_of(data, size), "x.svg", 24, {.max_pixels = 1 << 20, .cpu_ms = 1000}); });
}

TANDEM_LARGE_SEEDS(svg_drawing) {
  const std::string begin =
      R"(<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">)";
  const std::string square = "<rect width='9' height='9'";
  // A PNG's header that claims 30,000 x 30,000 pixels.
  const std::string claims =
      "<image width='9' height='9' xlink:href='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAdTAAAHUwCAAAAAA='/>";
  std::string masks = "<mask id='m0'>" + square + " fill='white'/></mask>";
  for (int level = 1; level < 24; ++level) {
    const std::string part = square + " fill='white' mask='url(#m" + std::to_string(level - 1) + ")'/>";
    masks.append("<mask id='m").append(std::to_string(level)).append("'>").append(part).append(part).append("</mask>");
  }
  return {begin + fuzz::repeated("<g>", 100'000) + fuzz::repeated("</g>", 100'000) + "</svg>",
          begin + fuzz::repeated(square + "/>", 50'000) + "</svg>",
          begin + "<path d='M0 0" + fuzz::repeated(" L1 1", 200'000) + "'/></svg>",
          begin + "<text>" + fuzz::repeated("a ", 100'000) + "</text></svg>",
          begin + fuzz::repeated(claims, 100) + "</svg>",
          begin + masks + square + " mask='url(#m23)'/></svg>",
          begin + "<filter id='f'><feTurbulence baseFrequency='.1' numOctaves='100000'/></filter>" + square +
              " filter='url(#f)'/></svg>",
          begin + "<filter id='f'>" + fuzz::repeated("<feMorphology operator='dilate' radius='900'/>", 20) +
              "</filter>" + square + " filter='url(#f)'/></svg>"};
}

#include "fuzz/fuzz.h"
#include "tandem/images/svg_drawing.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(svg_drawing) {
  return fuzz::answer([&] { draw_svg(fuzz::text_of(data, size), "x.svg", 24); });
}

TANDEM_LARGE_SEEDS(svg_drawing) {
  const std::string begin = R"(<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">)";
  return {begin + fuzz::repeated("<g>", 100'000) + fuzz::repeated("</g>", 100'000) + "</svg>",
          begin + fuzz::repeated("<rect width='9' height='9'/>", 50'000) + "</svg>",
          begin + "<path d='M0 0" + fuzz::repeated(" L1 1", 200'000) + "'/></svg>"};
}

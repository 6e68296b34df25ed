#include "tandem/figures/svg_canvas.h"

#include <doctest/doctest.h>

#include "svg_text.h"

using namespace tandem;
using tests::occurrences;

TEST_CASE("an SVG canvas gives the theme's colours as roles, other colours as they are, and text as text") {
  SvgCanvas canvas;
  canvas.disc({1.5, 2}, 3, kLightTheme.image);
  canvas.disc({4, 2}, 3, kLightTheme.image);
  canvas.ringed_disc({1, 2}, 2, kLightTheme.text.faded(0.5));
  canvas.line({0, 0}, {10, 1.0 / 3}, 0.5, kLightTheme.rule);
  canvas.polygon({{0, 0}, {1, 0}, {0, 1}}, colour(0x123456));
  canvas.text({5, 6}, "a <b> & \"c\"", {.size = 8, .bold = true, .align = Align::kRight});
  const std::string svg = canvas.element(100, 50.5, "says \"<it>\"");
  CHECK(svg.starts_with(R"(<svg viewBox="0 0 100 50.5" role="img" aria-label="says &quot;&lt;it&gt;&quot;">)"));
  CHECK(svg.find(R"(<g class="f-image"><circle cx="1.5" cy="2" r="3"/><circle cx="4" cy="2" r="3"/></g>)") !=
        std::string::npos);
  CHECK(svg.find(R"(class="f-text" fill-opacity="0.5" data-rim="paper")") != std::string::npos);
  CHECK(svg.find(R"(<path d="M0 0L10 0.33"/>)") != std::string::npos);
  CHECK(svg.find(R"(class="s-rule")") != std::string::npos);
  CHECK(svg.find(R"(fill="#123456"><path d="M0 0L1 0L0 1Z"/>)") != std::string::npos);
  CHECK(svg.find("a &lt;b&gt; &amp; &quot;c&quot;</text>") != std::string::npos);
  CHECK(svg.find(R"(font-weight="bold" text-anchor="end")") != std::string::npos);
  CHECK(occurrences(svg, "<g") == occurrences(svg, "</g>"));
}

TEST_CASE("an SVG canvas measures text as cairo's canvas does") {
  SvgCanvas canvas;
  double on_paper = 0;
  draw_figure(FigureTarget([&](const Figure& figure) { on_paper = figure.width; }), 12, 5, {}, [](Canvas&) {});
  CHECK(on_paper == 12);  // A taker gets the figure, and no file is written.
  CHECK(canvas.text_width("wide words", {.size = 8}) == measured_width("wide words", {.size = 8}));
  CHECK(canvas.text_width("wide words", {.size = 16}) > 1.9 * canvas.text_width("wide words", {.size = 8}));
}

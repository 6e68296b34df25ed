#include "tandem/figures/confusion_matrix.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/figures/canvas.h"

namespace tandem {
namespace {

constexpr std::int64_t kMostWithCounts = 24;
constexpr std::int64_t kMostWithNames = 120;
constexpr double kTop = 92, kMargin = 28;

struct Layout {
  double cell = 0;
  double text = 0;   ///< size of names and counts
  double names = 0;  ///< width kept for the names at the left, and their height below, where they are slanted
  double side = 0;   ///< of the matrix
};

Layout layout_of(std::int64_t classes) {
  Layout layout;
  layout.cell = std::clamp(640.0 / static_cast<double>(classes), 4.0, 46.0);
  layout.text = std::clamp(layout.cell * 0.85, 3.5, 12.0);
  layout.names = classes <= kMostWithNames ? layout.text * 9 : 0;
  layout.side = layout.cell * static_cast<double>(classes);
  return layout;
}

/// As much of the name as fits, an ellipsis for the rest.
std::string fitted(Canvas& canvas, const std::string& name, double width, const TextStyle& style) {
  if (canvas.text_width(name, style) <= width) return name;
  std::string kept = name;
  while (!kept.empty() && canvas.text_width(kept + "…", style) > width) {
    unsigned char last = 0;
    do {  // A whole character, however many bytes it has.
      last = static_cast<unsigned char>(kept.back());
      kept.pop_back();
    } while (!kept.empty() && (last & 0xC0) == 0x80);
  }
  return kept + "…";
}

void draw_cells(Canvas& canvas, const Layout& layout, Point corner, const at::Tensor& counts) {
  const auto count = counts.accessor<std::int64_t, 2>();
  const std::int64_t classes = counts.size(0);
  for (std::int64_t i = 0; i < classes; ++i) {
    std::int64_t all = 0;
    for (std::int64_t j = 0; j < classes; ++j) all += count[i][j];
    for (std::int64_t j = 0; j < classes; ++j) {
      const double share = all == 0 ? 0 : static_cast<double>(count[i][j]) / static_cast<double>(all);
      const Point spot{corner.x + layout.cell * static_cast<double>(j), corner.y + layout.cell * static_cast<double>(i)};
      if (count[i][j] > 0) canvas.rectangle(spot, layout.cell, layout.cell, (i == j ? kGreen : kVermilion).faded(0.08 + 0.92 * share));
      if (classes <= kMostWithCounts && count[i][j] > 0) {
        canvas.text({spot.x + layout.cell / 2, spot.y + layout.cell / 2 + layout.text * 0.36}, std::to_string(count[i][j]),
                    {.size = layout.text * 0.9, .align = Align::kCentre, .colour = share > 0.55 ? kPaper : kInk});
      }
    }
  }
  canvas.frame(corner, layout.side, layout.side, 1, kRule);
}

/// Names of rows at the left; of columns below, every one under its column as far as it fits, two lines deep so that neighbours do not touch.
void draw_names(Canvas& canvas, const Layout& layout, Point corner, const std::vector<std::string>& names) {
  const TextStyle left{.size = layout.text, .align = Align::kRight, .colour = kSoftInk};
  const TextStyle below{.size = layout.text, .align = Align::kCentre, .colour = kSoftInk};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double middle = layout.cell * (static_cast<double>(i) + 0.5);
    canvas.text({corner.x - 6, corner.y + middle + layout.text * 0.36}, fitted(canvas, names[i], layout.names - 8, left), left);
    if (names.size() > static_cast<std::size_t>(kMostWithCounts)) continue;
    const double line = layout.text * (i % 2 == 0 ? 1.3 : 2.5);
    canvas.text({corner.x + middle, corner.y + layout.side + line}, fitted(canvas, names[i], 2 * layout.cell - 6, below), below);
  }
}

}  // namespace

void draw_confusion_matrix(const std::filesystem::path& out, const std::vector<std::string>& names, const at::Tensor& counts, const std::string& title) {
  const auto classes = static_cast<std::int64_t>(names.size());
  check_shape("draw_confusion_matrix", "counts", counts, {classes, classes});
  TORCH_CHECK_VALUE(classes > 0 && counts.scalar_type() == at::kLong && counts.min().item<std::int64_t>() >= 0,
                    "draw_confusion_matrix: int64 counts of at least one class, none below 0, were needed, got ", counts.scalar_type(), " ", shape_text(counts));
  const Layout layout = layout_of(classes);
  const double width = std::max(420.0, 2 * kMargin + layout.names + layout.side), height = kTop + layout.side + layout.text * 2.5 + kMargin + 14;
  draw_figure(out, width, height, {title, std::to_string(classes) + " classes; rows are the true class, columns the predicted one"}, [&](Canvas& canvas) {
    canvas.text({kMargin, 38}, title, {.size = 18, .bold = true});
    canvas.text({kMargin, 62}, "rows: the true class; columns: what it was taken for; darker: a larger share of the row", {.size = 11, .colour = kSoftInk});
    const Point corner{kMargin + layout.names, kTop};
    draw_cells(canvas, layout, corner, counts);
    if (layout.names > 0) draw_names(canvas, layout, corner, names);
  });
}

}  // namespace tandem

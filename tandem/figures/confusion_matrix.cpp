#include "tandem/figures/confusion_matrix.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/base/shape_check.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr std::int64_t kMostInColumn = 6;  // number of classes that fit into one column of a paper
constexpr std::int64_t kMostWithCounts = 24;
constexpr std::int64_t kMostWithNames = 120;
constexpr double kAxisRoom = 12;

struct MatrixLayout {
  double width = 0;  ///< of the sheet
  double cell = 0;
  double text = 0;   ///< size of names and counts
  double names = 0;  ///< space for the names at the left, and as much below
  double side = 0;   ///< of the matrix
};

MatrixLayout layout_of(const std::vector<std::string>& names) {
  const auto classes = static_cast<std::int64_t>(names.size());
  MatrixLayout layout{.width = classes <= kMostInColumn ? kColumnWidth : kPageWidth};
  const double room = layout.width - 2 * kSheetMargin - kAxisRoom;
  std::size_t longest = 0;
  for (const std::string& name : names) longest = std::max(longest, name.size());
  constexpr double kLetter = 0.65;  // of the size, about the width of a letter
  if (classes <= kMostWithNames)
    layout.names = std::min(room * 0.2, 8 + kLetter * kLabelSize * static_cast<double>(longest));
  layout.side = room - layout.names;
  layout.cell = layout.side / static_cast<double>(classes);
  layout.text = std::min(layout.cell * 0.85, kLabelSize);
  return layout;
}

/// As much of the name as fits, with an ellipsis for the rest.
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

void draw_cells(Canvas& canvas, const MatrixLayout& layout, Point corner, const at::Tensor& counts) {
  const auto count = counts.accessor<std::int64_t, 2>();
  const std::int64_t classes = counts.size(0);
  const Theme& theme = canvas.theme();
  const Colour dark = theme.ink.green < theme.paper.green ? theme.ink : theme.paper;  // readable on a strong square
  for (std::int64_t i = 0; i < classes; ++i) {
    std::int64_t all = 0;
    for (std::int64_t j = 0; j < classes; ++j) all += count[i][j];
    for (std::int64_t j = 0; j < classes; ++j) {
      if (count[i][j] == 0) continue;
      const double share = static_cast<double>(count[i][j]) / static_cast<double>(all);
      const Point spot{corner.x + layout.cell * static_cast<double>(j),
                       corner.y + layout.cell * static_cast<double>(i)};
      canvas.rectangle(spot, layout.cell, layout.cell,
                       (i == j ? theme.aligned : theme.misaligned).faded(0.08 + 0.92 * share));
      if (classes > kMostWithCounts) continue;
      canvas.text({spot.x + layout.cell / 2, spot.y + layout.cell / 2 + layout.text * 0.36},
                  std::to_string(count[i][j]),
                  {.size = layout.text, .align = Align::kCentre, .colour = share > 0.65 ? dark : theme.ink});
    }
  }
  canvas.frame(corner, layout.side, layout.side, 0.6, theme.rule);
}

/// Names of rows at the left, those of columns below, running upwards.
void draw_names(Canvas& canvas, const MatrixLayout& layout, Point corner, const std::vector<std::string>& names) {
  const TextStyle style{.size = layout.text, .align = Align::kRight, .colour = canvas.theme().soft_ink};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double middle = layout.cell * (static_cast<double>(i) + 0.5) + layout.text * 0.36;
    const std::string name = fitted(canvas, names[i], layout.names - 6, style);
    canvas.text({corner.x - 4, corner.y + middle}, name, style);
    canvas.upward_text({corner.x + middle, corner.y + layout.side + 4}, name, style);
  }
}

}  // namespace

void draw_confusion_matrix(const std::filesystem::path& out, const std::vector<std::string>& names,
                           const at::Tensor& counts, const std::string& title, const std::string& note,
                           const Theme& theme) {
  const auto classes = static_cast<std::int64_t>(names.size());
  check_shape("draw_confusion_matrix", "counts", counts, {classes, classes});
  TORCH_CHECK_VALUE(classes > 0 && counts.scalar_type() == at::kLong && counts.min().item<std::int64_t>() >= 0,
                    "draw_confusion_matrix: int64 counts of at least one class, none below 0, were needed, got ",
                    counts.scalar_type(), " ", shape_text(counts));
  const MatrixLayout layout = layout_of(names);
  const std::string about =
      std::to_string(classes) + " classes; the stronger a square, the larger its share of the true class. " + note;
  const Sheet sheet(layout.width, title, about);
  const double body = 4 + layout.side + layout.names + kAxisRoom;
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    const Point corner{kSheetMargin + kAxisRoom + layout.names, sheet.body_top() + 4};
    draw_cells(canvas, layout, corner, counts);
    if (layout.names > 0) draw_names(canvas, layout, corner, names);
    const TextStyle axis{.size = kLabelSize, .align = Align::kCentre, .colour = theme.soft_ink};
    canvas.upward_text({kSheetMargin + kLabelSize, corner.y + layout.side / 2}, "true class", axis);
    canvas.text({corner.x + layout.side / 2, corner.y + layout.side + layout.names + kLabelSize}, "taken for", axis);
  };
  draw_figure(out, sheet.width(), sheet.height(body), {title, about}, draw, theme);
}

}  // namespace tandem

#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr double kTitleLine = 12;
constexpr double kBelowTitle = 3, kAboveNote = 6;
const TextStyle kTitle{.size = kTitleSize, .bold = true};
const TextStyle kNote{.size = kLabelSize};

}  // namespace

Sheet::Sheet(double width, const std::string& title, const std::string& note)
    : width_(width),
      title_(wrapped_text(title, width - 2 * kSheetMargin, kTitle)),
      note_(wrapped_text(note, width - 2 * kSheetMargin, kNote)) {}

double Sheet::body_top() const { return kSheetMargin + kBelowTitle + kTitleLine * static_cast<double>(title_.size()); }

double Sheet::height(double body_height) const {
  const double note = note_.empty() ? 0 : kAboveNote + kLineHeight * static_cast<double>(note_.size());
  return body_top() + body_height + note + kSheetMargin;
}

void Sheet::draw(Canvas& canvas, double body_height) const {
  double y = kSheetMargin + kTitleSize;
  for (const std::string& line : title_) {
    canvas.text({kSheetMargin, y}, line, kTitle);
    y += kTitleLine;
  }
  y = body_top() + body_height + kAboveNote + kLabelSize;
  for (const std::string& line : note_) {
    canvas.text({kSheetMargin, y}, line, {.size = kNote.size, .colour = canvas.theme().soft_ink});
    y += kLineHeight;
  }
}

}  // namespace tandem

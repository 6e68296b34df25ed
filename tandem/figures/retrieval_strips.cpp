#include "tandem/figures/retrieval_strips.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cstdio>

#include "tandem/figures/canvas.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr std::size_t kMostAnswers = 8;
constexpr double kGap = 5, kRowGap = 9;
constexpr double kQueryWidth = 112, kApart = 13;  // Separates the own picture from the results.
constexpr int kCaptionLines = 4;
constexpr double kPictureWidth = 84, kPictureHeight = 63;
const TextStyle kText{.size = kLabelSize};

template <typename Query>
void check_queries(const char* function, const std::vector<Query>& queries) {
  TORCH_CHECK_VALUE(!queries.empty(), function, ": at least one query is needed, got none");
  for (const Query& query : queries) {
    TORCH_CHECK_VALUE(!query.nearest.empty() && query.nearest.size() <= kMostAnswers &&
                          query.nearest.size() == queries.front().nearest.size(),
                      function, ": every query must have the same number of answers, from 1 to ", kMostAnswers,
                      ", got ", query.nearest.size());
    TORCH_CHECK_VALUE(query.own_rank >= 1, function, ": own_rank must be at least 1, got ", query.own_rank);
  }
}

std::string similarity_text(double similarity) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", similarity);
  return text;
}

template <typename Query>
bool has_own(const Query& query) {
  return std::any_of(query.nearest.begin(), query.nearest.end(), [](const auto& answer) { return answer.is_true; });
}

/// Draws the picture as large as fits into the box, in its middle; returns its rectangle. Without
/// pixels, draws a tile with the name.
void draw_in_box(Canvas& canvas, const NamedPicture& picture, Point corner, double width, double height,
                 bool is_framed) {
  const RgbImage& image = picture.image;
  Point at = corner;
  if (image.pixels.empty()) {
    canvas.rectangle(corner, width, height, canvas.theme().rule.faded(0.5));
    double y = corner.y + kLabelSize + 3;
    for (const std::string& line : wrapped_text(picture.name, width - 6, kText, 3)) {
      canvas.text({corner.x + 3, y}, line, {.size = kLabelSize, .colour = canvas.theme().soft_ink});
      y += kLineHeight;
    }
  } else {
    const double scale = std::min(width / static_cast<double>(std::max<std::int64_t>(image.width, 1)),
                                  height / static_cast<double>(std::max<std::int64_t>(image.height, 1)));
    const double shown_width = scale * static_cast<double>(image.width);
    const double shown_height = scale * static_cast<double>(image.height);
    at = {corner.x + (width - shown_width) / 2, corner.y + (height - shown_height) / 2};
    width = shown_width;
    height = shown_height;
    canvas.picture(at, width, height, image);
  }
  if (is_framed) canvas.frame({at.x - 1, at.y - 1}, width + 2, height + 2, 2, canvas.theme().aligned);
}

void draw_answer(Canvas& canvas, const PictureAnswer& answer, Point corner, double width, double height,
                 const std::string& label) {
  draw_in_box(canvas, answer.picture, corner, width, height, answer.is_true);
  TextStyle style{
      .size = kLabelSize, .bold = answer.is_true, .align = Align::kCentre, .colour = canvas.theme().soft_ink};
  if (answer.is_true) style.colour = canvas.theme().ink;
  double middle = corner.x + width / 2;
  middle = std::min(middle,
                    kPageWidth - kSheetMargin - canvas.text_width(label, style) / 2);  // Keeps long ranks on the sheet.
  canvas.text({middle, corner.y + height + 10}, label, style);
}

}  // namespace

void draw_caption_queries(const std::filesystem::path& out, const std::vector<CaptionQuery>& queries,
                          const std::string& title, const std::string& note, const Theme& theme) {
  check_queries("draw_caption_queries", queries);
  const Sheet sheet(kPageWidth, title, note);
  const auto answers = static_cast<double>(queries.front().nearest.size());
  const double tile = (sheet.body_width() - kQueryWidth - kApart - answers * kGap) / (answers + 1);
  const double tile_height = std::min(tile * 0.75, 66.0);
  const double strip = std::max(tile_height, (kCaptionLines - 0.2) * kLineHeight) + 12;
  const double body = 5 + (strip + kRowGap) * static_cast<double>(queries.size()) - kRowGap;
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    double top = sheet.body_top() + 5;
    for (const CaptionQuery& query : queries) {
      double y = top + kLabelSize - 1;
      for (const std::string& line : wrapped_text(query.caption, kQueryWidth - 4, kText, kCaptionLines)) {
        canvas.text({kSheetMargin, y}, line, kText);
        y += kLineHeight;
      }
      double x = kSheetMargin + kQueryWidth + kGap;
      for (const PictureAnswer& answer : query.nearest) {
        draw_answer(canvas, answer, {x, top}, tile, tile_height,
                    (answer.is_true ? "✓ " : "") + similarity_text(answer.similarity));
        x += tile + kGap;
      }
      if (!has_own(query)) {
        draw_answer(canvas, query.own, {x + kApart - kGap, top}, tile, tile_height,
                    "✓ " + similarity_text(query.own.similarity) + ", rank " + std::to_string(query.own_rank));
      }
      top += strip + kRowGap;
    }
  };
  const std::string description =
      "Captions, each with the pictures nearest to it and their similarities; the true picture is framed and ticked. ";
  draw_figure(out, sheet.width(), sheet.height(body), {title, description + note}, draw, theme);
}

void draw_picture_queries(const std::filesystem::path& out, const std::vector<PictureQuery>& queries,
                          const std::string& title, const std::string& note, const Theme& theme) {
  check_queries("draw_picture_queries", queries);
  const Sheet sheet(kPageWidth, title, note);
  const double lines = static_cast<double>(queries.front().nearest.size() + 1);  // and the own one
  const double strip = std::max(kPictureHeight, lines * kLineHeight);
  const double body = 5 + (strip + kRowGap) * static_cast<double>(queries.size()) - kRowGap;
  constexpr double kMark = 10, kNumber = 25;
  const double left = kSheetMargin + kPictureWidth + 2 * kGap;
  const double text_width = sheet.width() - kSheetMargin - left - kMark - kNumber;
  const auto draw_line = [&](Canvas& canvas, double y, const CaptionAnswer& answer, const std::string& before) {
    const TextStyle style{
        .size = kLabelSize, .bold = answer.is_true, .colour = answer.is_true ? theme.ink : theme.soft_ink};
    if (answer.is_true) canvas.text({left, y}, "✓", {.size = kLabelSize, .bold = true, .colour = theme.aligned});
    canvas.text({left + kMark, y}, similarity_text(answer.similarity), style);
    for (const std::string& line : wrapped_text(before + answer.caption, text_width, style, 1))
      canvas.text({left + kMark + kNumber, y}, line, style);
  };
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    double top = sheet.body_top() + 5;
    for (const PictureQuery& query : queries) {
      draw_in_box(canvas, query.picture, {kSheetMargin, top}, kPictureWidth, kPictureHeight, false);
      double y = top + kLabelSize - 1;
      for (const CaptionAnswer& answer : query.nearest) {
        draw_line(canvas, y, answer, "");
        y += kLineHeight;
      }
      if (!has_own(query)) draw_line(canvas, y + 1.5, query.own, "rank " + std::to_string(query.own_rank) + ": ");
      top += strip + kRowGap;
    }
  };
  const std::string description =
      "Pictures, each with the captions nearest to it and their similarities; true ones are ticked. ";
  draw_figure(out, sheet.width(), sheet.height(body), {title, description + note}, draw, theme);
}

}  // namespace tandem

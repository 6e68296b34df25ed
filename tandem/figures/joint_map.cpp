#include "tandem/figures/joint_map.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/shape_check.h"
#include "tandem/figures/canvas.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

constexpr double kLegendHeight = 15;
constexpr double kFrameMargin = 6;  // between the frame and the outermost points

/// Marks become smaller and fainter with more points, so that twenty are clearly visible and
/// thousands do not form a blot.
struct Marks {
  double image_radius;
  double text_radius;
  double image_alpha;
  double text_alpha;
  double line_alpha;
  double line_width;

  Marks(std::int64_t images, std::int64_t texts) {
    const double image_root = std::sqrt(static_cast<double>(std::max<std::int64_t>(images, 1)));
    const double text_root = std::sqrt(static_cast<double>(std::max<std::int64_t>(texts, 1)));
    image_radius = std::clamp(30 / image_root, 0.8, 3.0);
    text_radius = std::clamp(46 / text_root, 0.7, 2.7);
    image_alpha = std::clamp(28 / image_root, 0.55, 0.95);
    text_alpha = std::clamp(36 / text_root, 0.35, 0.95);
    line_alpha = std::clamp(9 / text_root, 0.07, 0.6);
    line_width = std::clamp(5 / text_root, 0.15, 0.5);
  }
};

/// The rectangle of all points.
struct MapBounds {
  Point low;
  Point high;

  explicit MapBounds(const std::vector<Point>& points) : low(points.front()), high(points.front()) {
    for (const Point& point : points) {
      low = {std::min(low.x, point.x), std::min(low.y, point.y)};
      high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
  }

  /// The height of a frame of this width that the points fill, within limits: a map of points on a
  /// line still has room for its marks, and a narrow one does not fill the page.
  double frame_height(double frame_width) const {
    constexpr double kFlattest = 0.45, kTallest = 1.35;
    const double width = high.x - low.x, height = high.y - low.y;
    const double room = frame_width - 2 * kFrameMargin;
    const double wanted = width > 0 ? 2 * kFrameMargin + room * height / width : frame_width;
    return std::clamp(wanted, kFlattest * frame_width, kTallest * frame_width);
  }
};

/// Equal scale on both axes, the map centred in its frame.
class PlotScale {
 public:
  PlotScale(const MapBounds& bounds, Point corner, double width, double height)
      : middle_{corner.x + width / 2, corner.y + height / 2},
        centre_{(bounds.low.x + bounds.high.x) / 2, (bounds.low.y + bounds.high.y) / 2} {
    const double across = bounds.high.x - bounds.low.x;
    const double up = bounds.high.y - bounds.low.y;
    const double across_scale = across > 0 ? (width - 2 * kFrameMargin) / across : 0;
    const double up_scale = up > 0 ? (height - 2 * kFrameMargin) / up : 0;
    if (across > 0 && up > 0) {
      scale_ = std::min(across_scale, up_scale);
    } else if (across > 0 || up > 0) {
      scale_ = std::max(across_scale, up_scale);
    }
  }
  Point operator()(Point point) const {
    return {middle_.x + (point.x - centre_.x) * scale_, middle_.y - (point.y - centre_.y) * scale_};
  }

 private:
  Point middle_;
  Point centre_;
  double scale_ = 1;
};

void append_points(const at::Tensor& points, std::vector<Point>& to) {
  const at::Tensor values = points.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* value = values.const_data_ptr<double>();
  for (std::int64_t i = 0; i < values.size(0); ++i) to.push_back({value[2 * i], value[2 * i + 1]});
}

std::vector<Point> all_points(const JointMap& map) {
  std::vector<Point> points;
  append_points(map.image_points, points);
  append_points(map.text_points, points);
  return points;
}

/// The note below a still figure.
const std::string& printed_note(const JointMap& map) { return map.short_note.empty() ? map.note : map.short_note; }

/// On the baseline y.
void draw_legend(Canvas& canvas, const JointMap& map, double y) {
  const Theme& theme = canvas.theme();
  const TextStyle style{.size = kLabelSize};
  double x = kSheetMargin + 5;
  const auto label = [&](const std::string& text) {
    canvas.text({x + 8, y}, text, style);
    x += 8 + canvas.text_width(text, style) + 14;
  };
  canvas.ringed_disc({x, y - 2.8}, 2.8, theme.image);
  label("picture (" + std::to_string(map.image_points.size(0)) + ")");
  if (map.text_points.size(0) == 0) return;
  canvas.triangle({x, y - 2.4}, 3, theme.text);
  label("caption (" + std::to_string(map.text_points.size(0)) + ")");
  canvas.line({x - 5, y - 2.8}, {x + 5, y - 2.8}, 0.7, theme.soft_ink);
  label("a pair");
}

/// The map in a frame.
void draw_framed(Canvas& canvas, const JointMap& map, Point corner, double width, double height) {
  const Theme& theme = canvas.theme();
  const auto images = static_cast<std::size_t>(map.image_points.size(0));
  std::vector<Point> points = all_points(map);
  const PlotScale scale(MapBounds(points), corner, width, height);
  for (Point& point : points) point = scale(point);
  const Marks marks(map.image_points.size(0), map.text_points.size(0));
  canvas.frame(corner, width, height, 0.6, theme.rule);
  for (std::size_t t = images; t < points.size(); ++t) {
    canvas.line(points[t], points[static_cast<std::size_t>(map.image_of_text[t - images])], marks.line_width,
                theme.soft_ink.faded(marks.line_alpha));
  }
  for (std::size_t t = images; t < points.size(); ++t) {
    canvas.triangle(points[t], marks.text_radius, theme.text.faded(marks.text_alpha));
  }
  for (std::size_t i = 0; i < images; ++i) {
    canvas.ringed_disc(points[i], marks.image_radius, theme.image.faded(marks.image_alpha));
  }
}

std::string described(const std::string& note, bool has_captions = true) {
  return (has_captions ? "Pictures are discs, captions triangles; a line joins each caption to its picture. "
                       : "Pictures are discs. ") +
         note;
}

}  // namespace

void check_joint_map(std::string_view function, const JointMap& map) {
  check_shape(function, "image_points", map.image_points, {kAnySize, 2});
  check_shape(function, "text_points", map.text_points, {kAnySize, 2});
  const std::int64_t images = map.image_points.size(0);
  const std::int64_t texts = map.text_points.size(0);
  TORCH_CHECK_VALUE(images > 0, function, ": image_points must have at least one row, got none");
  TORCH_CHECK_VALUE(static_cast<std::int64_t>(map.image_of_text.size()) == texts, function,
                    ": image_of_text must have one entry a caption, ", texts, ", got ", map.image_of_text.size());
  for (const std::int64_t image : map.image_of_text) {
    TORCH_CHECK_VALUE(image >= 0 && image < images, function, ": image_of_text must be from 0 to ", images - 1,
                      ", got ", image);
  }
  check_finite(function, "image_points", map.image_points);
  check_finite(function, "text_points", map.text_points);
}

void draw_joint_map(const FigureTarget& out, const JointMap& map, const Theme& theme) {
  check_joint_map("draw_joint_map", map);
  const Sheet sheet(kColumnWidth, map.title, printed_note(map));
  const double width = sheet.body_width();
  const double height = MapBounds(all_points(map)).frame_height(width);
  const double body = kLegendHeight + height;
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    draw_legend(canvas, map, sheet.body_top() + 9);
    draw_framed(canvas, map, {kSheetMargin, sheet.body_top() + kLegendHeight}, width, height);
  };
  draw_figure(out, sheet.width(), sheet.height(body), {map.title, described(map.note, map.text_points.size(0) > 0)},
              draw, theme);
}

void draw_joint_map_pair(const FigureTarget& out, const JointMap& left, const JointMap& right, const std::string& title,
                         const std::string& note, const Theme& theme) {
  check_joint_map("draw_joint_map_pair", left);
  check_joint_map("draw_joint_map_pair", right);
  constexpr double kGap = 14, kPanelTitle = 14;
  const Sheet sheet(kPageWidth, title, note);
  const double side = (sheet.body_width() - kGap) / 2;
  const std::vector<std::string> notes[] = {wrapped_text(printed_note(left), side, {.size = kLabelSize}),
                                            wrapped_text(printed_note(right), side, {.size = kLabelSize})};
  const double note_lines = static_cast<double>(std::max(notes[0].size(), notes[1].size()));
  const double height =
      std::max(MapBounds(all_points(left)).frame_height(side), MapBounds(all_points(right)).frame_height(side));
  const double body = kLegendHeight + kPanelTitle + height + (note_lines > 0 ? 3 + kLineHeight * note_lines : 0);
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, body);
    draw_legend(canvas, left, sheet.body_top() + 9);
    double x = kSheetMargin;
    for (std::size_t i = 0; i < 2; ++i, x += side + kGap) {
      const JointMap& map = i == 0 ? left : right;
      double y = sheet.body_top() + kLegendHeight + kPanelTitle;
      canvas.text({x, y - 4}, map.title, {.size = kTitleSize, .bold = true});
      draw_framed(canvas, map, {x, y}, side, height);
      y += height + 3 + kLabelSize;
      for (const std::string& line : notes[i]) {
        canvas.text({x, y}, line, {.size = kLabelSize, .colour = canvas.theme().soft_ink});
        y += kLineHeight;
      }
    }
  };
  const std::string description =
      described(left.title + ": " + left.note + " " + right.title + ": " + right.note + " " + note);
  draw_figure(out, sheet.width(), sheet.height(body), {title, description}, draw, theme);
}

}  // namespace tandem

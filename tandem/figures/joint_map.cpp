#include "tandem/figures/joint_map.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/shape_check.h"
#include "tandem/figures/canvas.h"

namespace tandem {
namespace {

constexpr double kWidth = 960;
constexpr double kMargin = 32;
constexpr double kTop = 92;  // title and legend
constexpr double kSide = kWidth - 2 * kMargin;
const TextStyle kTitle{.size = 20, .bold = true};
const TextStyle kNote{.size = 12, .colour = kSoftInk};
constexpr double kNoteLine = 18;

/// Marks shrink and fade as points get many, so that twenty are seen well and thousands are not a blot.
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
    image_radius = std::clamp(92 / image_root, 2.0, 8.0);
    text_radius = std::clamp(140 / text_root, 1.5, 7.0);
    image_alpha = std::clamp(28 / image_root, 0.55, 0.95);
    text_alpha = std::clamp(36 / text_root, 0.35, 0.95);
    line_alpha = std::clamp(9 / text_root, 0.07, 0.6);
    line_width = std::clamp(14 / text_root, 0.4, 1.2);
  }
};

/// Equal scale on both axes, the map centred in the square.
class PlotScale {
 public:
  explicit PlotScale(const std::vector<Point>& points) {
    Point low = points.front(), high = points.front();
    for (const Point& point : points) {
      low = {std::min(low.x, point.x), std::min(low.y, point.y)};
      high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
    centre_ = {(low.x + high.x) / 2, (low.y + high.y) / 2};
    const double extent = std::max(high.x - low.x, high.y - low.y);
    scale_ = extent > 0 ? (kSide - 40) / extent : 1;
  }
  Point operator()(Point point) const {
    return {kMargin + kSide / 2 + (point.x - centre_.x) * scale_,
            kTop + kSide / 2 - (point.y - centre_.y) * scale_};
  }

 private:
  Point centre_;
  double scale_ = 1;
};

void append_points(const at::Tensor& points, std::vector<Point>& to) {
  const at::Tensor values = points.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* value = values.const_data_ptr<double>();
  for (std::int64_t i = 0; i < values.size(0); ++i) to.push_back({value[2 * i], value[2 * i + 1]});
}

void draw_legend(Canvas& canvas, const JointMap& map) {
  const double y = kTop - 22;
  const TextStyle style{.size = 13, .colour = kInk};
  double x = kMargin + 8;
  const auto label = [&](const std::string& text) {
    canvas.text({x + 14, y}, text, style);
    x += 14 + canvas.text_width(text, style) + 34;
  };
  canvas.ringed_disc({x, y - 4.5}, 6, kImageColour);
  label("picture (" + std::to_string(map.image_points.size(0)) + ")");
  canvas.triangle({x, y - 4}, 6.5, kTextColour);
  label("caption (" + std::to_string(map.text_points.size(0)) + ")");
  canvas.line({x - 8, y - 4.5}, {x + 8, y - 4.5}, 1.2, kSoftInk.faded(0.7));
  label("caption and its picture");
}

}  // namespace

void check_joint_map(std::string_view function, const JointMap& map) {
  check_shape(function, "image_points", map.image_points, {kAnySize, 2});
  check_shape(function, "text_points", map.text_points, {kAnySize, 2});
  const std::int64_t images = map.image_points.size(0), texts = map.text_points.size(0);
  TORCH_CHECK_VALUE(images > 0, function, ": image_points must have at least one row, got none");
  TORCH_CHECK_VALUE(static_cast<std::int64_t>(map.image_of_text.size()) == texts, function,
                    ": image_of_text must have one entry a caption, ", texts, ", got ",
                    map.image_of_text.size());
  for (const std::int64_t image : map.image_of_text) {
    TORCH_CHECK_VALUE(image >= 0 && image < images, function, ": image_of_text must be from 0 to ",
                      images - 1, ", got ", image);
  }
  check_finite(function, "image_points", map.image_points);
  check_finite(function, "text_points", map.text_points);
}

void draw_joint_map(const std::filesystem::path& out, const JointMap& map) {
  check_joint_map("draw_joint_map", map);
  check_figure_path(out);
  const auto images = static_cast<std::size_t>(map.image_points.size(0));
  std::vector<Point> points;
  append_points(map.image_points, points);
  append_points(map.text_points, points);
  const PlotScale scale(points);
  for (Point& point : points) point = scale(point);
  const Marks marks(map.image_points.size(0), map.text_points.size(0));

  // The sheet's height follows from the note's lines, which a first, invisible pass would have to measure;
  // DejaVu Sans is at most 0.62 em wide on average, which is safe for running text.
  const double letters_per_line = kSide / (kNote.size * 0.62);
  const double note_lines = std::ceil(static_cast<double>(map.note.size()) / letters_per_line);
  const double height = kTop + kSide + (map.note.empty() ? kMargin : 26 + note_lines * kNoteLine + 10);

  const std::string description =
      "Pictures are discs, captions triangles; a line joins each caption to its picture. " + map.note;
  draw_figure(out, kWidth, height, {map.title, description}, [&](Canvas& canvas) {
    canvas.text({kMargin, 40}, map.title, kTitle);
    draw_legend(canvas, map);
    canvas.frame({kMargin, kTop}, kSide, kSide, 1, kRule);
    for (std::size_t t = images; t < points.size(); ++t) {
      canvas.line(points[t], points[static_cast<std::size_t>(map.image_of_text[t - images])],
                  marks.line_width, kSoftInk.faded(marks.line_alpha));
    }
    for (std::size_t t = images; t < points.size(); ++t) {
      canvas.triangle(points[t], marks.text_radius, kTextColour.faded(marks.text_alpha));
    }
    for (std::size_t i = 0; i < images; ++i) {
      canvas.ringed_disc(points[i], marks.image_radius, kImageColour.faded(marks.image_alpha));
    }
    double y = kTop + kSide + 26;
    for (const std::string& text : canvas.wrapped(map.note, kSide, kNote)) {
      canvas.text({kMargin, y}, text, kNote);
      y += kNoteLine;
    }
  });
}

}  // namespace tandem

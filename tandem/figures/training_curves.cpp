#include "tandem/figures/training_curves.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "tandem/figures/axes.h"
#include "tandem/figures/canvas.h"
#include "tandem/figures/sheet.h"

namespace tandem {
namespace {

struct Curve {
  const char* heading;
  double EpochPoint::*value;
  const char* format;
  Colour colour;
};

/// Where the words of the marked point begin: of the places around it the one that the fewest points
/// of the curve, and of the segments between them, run through. Inside the chart if possible.
Point free_spot(const ChartArea& area, const std::vector<Point>& curve, Point at, double width) {
  constexpr double kAside = 5, kLetters = 6, kMargin = 1.5, kOutside = 1e3;
  Point best = at;
  double least = std::numeric_limits<double>::infinity();
  for (const double baseline : {at.y - 6, at.y + 13, at.y - 16, at.y + 23}) {
    for (const double left : {at.x + kAside, at.x - kAside - width}) {
      const auto covers = [&](double x, double y) {
        return x > left - kMargin && x < left + width + kMargin && y > baseline - kLetters - kMargin &&
               y < baseline + kMargin;
      };
      double cost = 0;
      for (std::size_t i = 1; i < curve.size(); ++i) {
        for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
          cost += covers(curve[i - 1].x + share * (curve[i].x - curve[i - 1].x),
                         curve[i - 1].y + share * (curve[i].y - curve[i - 1].y));
        }
      }
      const bool inside = left >= area.corner.x && left + width <= area.corner.x + area.width &&
                          baseline - kLetters >= area.corner.y && baseline <= area.corner.y + area.height - 1;
      if (!inside) cost += kOutside;
      if (cost < least) {
        least = cost;
        best = {left, baseline};
      }
    }
  }
  return best;
}

void draw_curve(Canvas& canvas, ChartArea area, const Curve& curve, const std::vector<EpochPoint>& epochs,
                std::int64_t chosen_epoch) {
  std::vector<double> finite;
  for (const EpochPoint& epoch : epochs) {
    if (std::isfinite(epoch.*curve.value)) finite.push_back(epoch.*curve.value);
  }
  double low = 0, high = 1;
  if (!finite.empty()) {
    low = *std::min_element(finite.begin(), finite.end());
    high = *std::max_element(finite.begin(), finite.end());
  }
  const double room = high > low ? (high - low) * 0.08 : std::max(std::abs(high) * 0.1, 0.5);
  area.low = {static_cast<double>(epochs.front().epoch), low - room};
  area.high = {static_cast<double>(epochs.back().epoch), high + room};
  if (epochs.size() == 1) {
    area.low.x -= 0.5;
    area.high.x += 0.5;
  }
  draw_axes(canvas, area, {.heading = curve.heading, .x_label = "epoch", .whole_x = true});

  std::vector<Point> run, drawn;
  const auto finish_run = [&] {
    drawn.insert(drawn.end(), run.begin(), run.end());
    if (run.size() > 1) canvas.polyline(run, 1.2, curve.colour);
    if (run.size() == 1) canvas.disc(run.front(), 1.5, curve.colour);
    run.clear();
  };
  for (const EpochPoint& epoch : epochs) {
    if (!std::isfinite(epoch.*curve.value)) {
      finish_run();
      continue;
    }
    run.push_back(area.place({static_cast<double>(epoch.epoch), epoch.*curve.value}));
  }
  finish_run();

  for (const EpochPoint& epoch : epochs) {
    if (epoch.epoch != chosen_epoch || !std::isfinite(epoch.*curve.value)) continue;
    const Point at = area.place({static_cast<double>(epoch.epoch), epoch.*curve.value});
    canvas.dashed_line({at.x, area.corner.y}, {at.x, area.corner.y + area.height}, 0.6,
                       canvas.theme().soft_ink.faded(0.7));
    canvas.ringed_disc(at, 2.6, curve.colour);
    char text[64];
    std::snprintf(text, sizeof text, curve.format, epoch.*curve.value);
    const TextStyle style{.size = kLabelSize, .bold = true};
    canvas.text(free_spot(area, drawn, at, canvas.text_width(text, style)), text, style);
  }
}

std::array<Curve, 3> curves_of(const Theme& theme) {
  return {{{"Loss", &EpochPoint::loss, "%.3f", theme.image},
           {"Logit scale", &EpochPoint::logit_scale, "%.1f", theme.third},
           {"Recall on dev, %", &EpochPoint::dev_recall, "%.1f", theme.aligned}}};
}

void check_epochs(const char* function, const std::vector<EpochPoint>& epochs, std::int64_t chosen_epoch) {
  TORCH_CHECK_VALUE(!epochs.empty(), function, ": at least one epoch is needed, got none");
  bool chosen_is_there = chosen_epoch == 0;
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    TORCH_CHECK_VALUE(i == 0 || epochs[i].epoch > epochs[i - 1].epoch, function, ": epochs must rise, got ",
                      epochs[i].epoch, " after ", epochs[i - 1].epoch);
    chosen_is_there = chosen_is_there || epochs[i].epoch == chosen_epoch;
  }
  TORCH_CHECK_VALUE(chosen_is_there, function, ": chosen_epoch must be one of the epochs, got ", chosen_epoch);
}

}  // namespace

void draw_training_curves(const FigureTarget& out, const std::vector<EpochPoint>& epochs, std::int64_t chosen_epoch,
                          const std::string& title, const Theme& theme) {
  check_epochs("draw_training_curves", epochs, chosen_epoch);
  const std::array<Curve, 3> curves = curves_of(theme);
  const std::string marked =
      chosen_epoch == 0 ? "" : "Dashed: epoch " + std::to_string(chosen_epoch) + ", the chosen one.";
  constexpr double kChart = 100;
  constexpr double kBody = kAxesAbove + kChart + kAxesBelow;
  constexpr double kGap = 12;
  const Sheet sheet(kPageWidth, title, marked);
  const double width = (sheet.body_width() - 3 * kAxesLeft - 2 * kGap) / 3;
  const auto draw = [&](Canvas& canvas) {
    sheet.draw(canvas, kBody);
    for (std::size_t i = 0; i < curves.size(); ++i) {
      const double left = kSheetMargin + kAxesLeft + static_cast<double>(i) * (width + kAxesLeft + kGap);
      draw_curve(canvas, {.corner = {left, sheet.body_top() + kAxesAbove}, .width = width, .height = kChart}, curves[i],
                 epochs, chosen_epoch);
    }
  };
  draw_figure(out, sheet.width(), sheet.height(kBody),
              {title, "Loss, logit scale and recall on dev over the epochs. " + marked}, draw, theme);
}

void draw_training_curve(const FigureTarget& out, const std::vector<EpochPoint>& epochs, std::int64_t chosen_epoch,
                         TrainingCurve curve, const Theme& theme) {
  check_epochs("draw_training_curve", epochs, chosen_epoch);
  constexpr double kChart = 110;
  constexpr double kBody = kAxesAbove + kChart + kAxesBelow;
  Curve drawn = curves_of(theme)[static_cast<std::size_t>(curve)];
  const std::string heading = drawn.heading;
  drawn.heading = "";  // The page that places the chart has one.
  const Sheet sheet(kColumnWidth, "", "");
  const auto draw = [&](Canvas& canvas) {
    draw_curve(canvas,
               {.corner = {kSheetMargin + kAxesLeft, sheet.body_top() + kAxesAbove},
                .width = sheet.body_width() - kAxesLeft,
                .height = kChart},
               drawn, epochs, chosen_epoch);
  };
  draw_figure(out, sheet.width(), sheet.height(kBody), {heading, heading + " over the epochs."}, draw, theme);
}

}  // namespace tandem

// Pictures and captions on one map, as a still figure.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/figures/canvas.h"

namespace tandem {

/// A map of both sides of the shared space. atlas_page.h makes an interactive page of the same map.
struct JointMap {
  at::Tensor image_points;                  ///< [N, 2] floating point, one row per picture
  at::Tensor text_points;                   ///< [M, 2] floating point, one row per caption
  std::vector<std::int64_t> image_of_text;  ///< [M] row of image_points that the caption describes
  std::string title;
  std::string note;             ///< method, numbers of points, quality; empty: no line below the map
  std::string short_note = {};  ///< what still figures print in its place, at most two lines; empty: `note`
};

/// Draws the map, one column wide and as high as the points need, as PNG, SVG or PDF, by the ending
/// of `out`. The description of SVG and PDF has the whole note. Pictures and captions differ in colour and shape; a
/// thin line joins each caption to its picture. Sizes and transparency depend on the number of points.
///
/// Throws c10::ValueError if shapes differ, a coordinate is not finite, there is no picture, or
/// image_of_text is out of range; FileError if the ending is another or the file cannot be written.
/// No partial file remains.
void draw_joint_map(const FigureTarget& out, const JointMap& map, const Theme& theme = kLightTheme);

/// Two maps side by side under one title, such as before and after training, both columns wide. The
/// title and note of each map are above and below it. Each map has its own scale.
///
///   note  text below both; empty: none
///
/// Throws as draw_joint_map does.
void draw_joint_map_pair(const FigureTarget& out, const JointMap& left, const JointMap& right, const std::string& title,
                         const std::string& note = "", const Theme& theme = kLightTheme);

/// The checks that both forms of the map make before any work; `function` begins the message.
/// Throws c10::ValueError as draw_joint_map does.
void check_joint_map(std::string_view function, const JointMap& map);

}  // namespace tandem

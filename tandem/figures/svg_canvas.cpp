#include "tandem/figures/svg_canvas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "tandem/figures/base64.h"
#include "tandem/figures/page_template.h"
#include "tandem/images/jpeg_codec.h"

namespace tandem {
namespace {

constexpr int kPictureQuality = 80;

/// With two decimals at most: "12.5", "3", "-0.07".
std::string length_text(double length) {
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), "%.2f", length);
  std::string number = text.data();
  number.erase(number.find_last_not_of('0') + 1);
  if (number.ends_with('.')) number.pop_back();
  return number == "-0" ? "0" : number;
}

std::string attribute(const char* name, const std::string& value) {
  return std::string(" ") + name + "=\"" + value + "\"";
}

std::string attribute(const char* name, double length) { return attribute(name, length_text(length)); }

bool same_hue(Colour a, Colour b) { return a.red == b.red && a.green == b.green && a.blue == b.blue; }

/// The role of the colour in the light theme; empty: it has none.
std::string role_of(Colour colour) {
  const Theme& theme = kLightTheme;
  const std::array<std::pair<const char*, Colour>, 9> roles = {{{"paper", theme.paper},
                                                                {"ink", theme.ink},
                                                                {"soft", theme.soft_ink},
                                                                {"rule", theme.rule},
                                                                {"image", theme.image},
                                                                {"text", theme.text},
                                                                {"aligned", theme.aligned},
                                                                {"misaligned", theme.misaligned},
                                                                {"third", theme.third}}};
  for (const auto& [name, own] : roles) {
    if (same_hue(own, colour)) return name;
  }
  return "";
}

std::string hex(Colour colour) {
  std::array<char, 16> text = {};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", static_cast<unsigned>(std::lround(colour.red * 255)),
                static_cast<unsigned>(std::lround(colour.green * 255)),
                static_cast<unsigned>(std::lround(colour.blue * 255)));
  return text.data();
}

/// `property` is "fill" or "stroke".
std::string painted(const std::string& property, Colour colour) {
  const std::string role = role_of(colour);
  std::string style = role.empty() ? attribute(property.c_str(), hex(colour))
                                   : attribute("class", std::string(1, property[0]) + "-" + role);
  if (colour.alpha < 1) style += attribute((property + "-opacity").c_str(), colour.alpha);
  return style;
}

std::string path_of(const std::vector<Point>& points, bool closed) {
  std::string path;
  for (const Point& point : points)
    path += (path.empty() ? "M" : "L") + length_text(point.x) + " " + length_text(point.y);
  return "<path" + attribute("d", closed ? path + "Z" : path) + "/>";
}

std::string stroke_style(double width, Colour colour) {
  return painted("stroke", colour) + attribute("stroke-width", width) + attribute("fill", "none") +
         attribute("stroke-linejoin", "round");
}

std::string text_attributes(const TextStyle& style) {
  std::string attributes = attribute("font-size", style.size);
  if (style.bold) attributes += attribute("font-weight", "bold");
  if (style.align == Align::kCentre) attributes += attribute("text-anchor", "middle");
  if (style.align == Align::kRight) attributes += attribute("text-anchor", "end");
  return attributes;
}

}  // namespace

SvgCanvas::SvgCanvas() : Canvas(kLightTheme) {}

void SvgCanvas::add(const std::string& style, const std::string& shape) {
  if (style != group_) {
    if (!group_.empty()) body_ += "</g>\n";
    body_ += "<g" + style + ">";
    group_ = style;
  }
  body_ += shape;
}

void SvgCanvas::disc(Point centre, double radius, Colour fill) {
  add(painted("fill", fill),
      "<circle" + attribute("cx", centre.x) + attribute("cy", centre.y) + attribute("r", radius) + "/>");
}

void SvgCanvas::ringed_disc(Point centre, double radius, Colour fill) {
  // The style sheet draws the rim in the paper's colour.
  add(attribute("stroke-width", std::min(0.8, radius / 5)) + painted("fill", fill) + attribute("data-rim", "paper"),
      "<circle" + attribute("cx", centre.x) + attribute("cy", centre.y) + attribute("r", radius) + "/>");
}

void SvgCanvas::polyline(const std::vector<Point>& points, double width, Colour colour) {
  add(stroke_style(width, colour), path_of(points, false));
}

void SvgCanvas::dashed_polyline(const std::vector<Point>& points, double width, Colour colour) {
  add(stroke_style(width, colour) + attribute("stroke-dasharray", "2.5 2"), path_of(points, false));
}

void SvgCanvas::polygon(const std::vector<Point>& points, Colour fill) {
  add(painted("fill", fill), path_of(points, true));
}

void SvgCanvas::rectangle(Point corner, double width, double height, Colour fill) {
  add(painted("fill", fill), "<rect" + attribute("x", corner.x) + attribute("y", corner.y) + attribute("width", width) +
                                 attribute("height", height) + "/>");
}

void SvgCanvas::frame(Point corner, double width, double height, double line_width, Colour colour) {
  add(stroke_style(line_width, colour), "<rect" + attribute("x", corner.x) + attribute("y", corner.y) +
                                            attribute("width", width) + attribute("height", height) + "/>");
}

void SvgCanvas::picture(Point corner, double width, double height, const RgbImage& image, PictureKind kind) {
  add(kind == PictureKind::kCells ? attribute("class", "cells") : attribute("class", "photograph"),
      "<image" + attribute("x", corner.x) + attribute("y", corner.y) + attribute("width", width) +
          attribute("height", height) + attribute("preserveAspectRatio", "none") +
          attribute("href", "data:image/jpeg;base64," + base64(encode_jpeg(image, kPictureQuality))) + "/>");
}

void SvgCanvas::text(Point at, std::string_view text, const TextStyle& style) {
  add(painted("fill", style.colour.value_or(theme().ink)) + text_attributes(style),
      "<text" + attribute("x", at.x) + attribute("y", at.y) + ">" + html_text(text) + "</text>");
}

void SvgCanvas::upward_text(Point at, std::string_view text, const TextStyle& style) {
  add(painted("fill", style.colour.value_or(theme().ink)) + text_attributes(style),
      "<text" + attribute("transform", "translate(" + length_text(at.x) + " " + length_text(at.y) + ") rotate(-90)") +
          ">" + html_text(text) + "</text>");
}

double SvgCanvas::text_width(std::string_view text, const TextStyle& style) { return measured_width(text, style); }

std::string SvgCanvas::element(double width, double height, std::string_view label) const {
  return "<svg" + attribute("viewBox", "0 0 " + length_text(width) + " " + length_text(height)) +
         attribute("role", "img") + attribute("aria-label", html_text(label)) + ">" + body_ +
         (group_.empty() ? "" : "</g>") + "</svg>";
}

std::string svg_element(const Figure& figure) {
  SvgCanvas canvas;
  figure.draw(canvas);
  return canvas.element(figure.width, figure.height, figure.text.title + ". " + figure.text.description);
}

}  // namespace tandem

#include "tandem/reports/geometry_report.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <doctest/doctest.h>

#include <sstream>

using namespace tandem;

namespace {

GeometryReport report_with(const LogitScale& scale) {
  const at::Tensor rows = at::eye(8);
  return {.run = "run",
          .data_name = "toy",
          .split = "dev",
          .images = 8,
          .captions = 8,
          .width = 8,
          .scale = scale,
          .geometry = measure_geometry(rows, rows, at::arange(8, at::kLong), scale.value)};
}

std::string printed(const GeometryReport& report) {
  std::ostringstream out;
  print_geometry(report, out);
  return out.str();
}

}  // namespace

TEST_CASE("a fitted factor is named as fitted and a trained one is not") {
  const std::string trained = printed(report_with({.value = 20, .origin = "trained"}));
  CHECK(trained.starts_with("toy, split dev: 8 pictures, 8 captions\n\nalignment "));
  CHECK(trained.find("Confidence is the softmax of 20.00 x similarity") != std::string::npos);
  CHECK(trained.find("The factor was") == std::string::npos);
  const std::string fitted = printed(report_with({.value = 20, .origin = "fitted on dev"}));
  CHECK(fitted.find("The factor was fitted on dev: the loss of this run trains none.\n") != std::string::npos);
}

TEST_CASE("the geometry's JSON has what was measured and what it was measured on") {
  const Json json = geometry_json(report_with({.value = 20, .origin = "trained"}));
  CHECK(json.at("run") == "run");
  CHECK(json.at("width") == 8);
  CHECK(json.at("logit_scale") == 20);
  CHECK(json.at("hubness").at("k") == 8);
  CHECK(json.at("similarity").at("aligned").at("pairs") == 8);
  CHECK(json.at("similarity").at("misaligned").at("histogram").size() == 100);
  CHECK(json.at("calibration").at("text_to_image").at("bins").size() == 15);
}

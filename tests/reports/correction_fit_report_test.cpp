#include "tandem/reports/correction_fit_report.h"

#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <sstream>

using namespace tandem;

namespace {

CorrectionFit small_fit() {
  const CorrectionPair settings{.image = {.method = CorrectionMethod::kNnn, .k = 4, .strength = 0.5},
                                .text = {.method = CorrectionMethod::kNnn, .k = 16, .strength = 0.75}};
  CorrectionFit fit{.data_name = "toy", .dev_images = 1014, .dev_captions = 5070};
  fit.stored.image_bank = at::zeros({2000, 3});
  fit.stored.text_bank = at::zeros({1000, 3});
  fit.results = {{.image_to_text = 50.25, .text_to_image = 40, .text = {.skewness = 2.5}},
                 {.method = CorrectionMethod::kNnn, .image_to_text = 53, .text_to_image = 42, .settings = settings},
                 {.method = CorrectionMethod::kNnn, .transductive = true, .image_to_text = 55, .settings = settings}};
  return fit;
}

}  // namespace

TEST_CASE("a fitted correction is told with its settings, and transductive rows say so") {
  CorrectionFit fit = small_fit();
  fit.stored.chosen = CorrectionMethod::kNnn;
  std::ostringstream out;
  print_correction_fit(fit, "run", out);
  const std::string text = out.str();
  CHECK(text.starts_with("toy, dev: 1,014 pictures, 5,070 captions; banks of 2,000 training pictures and 1,000 "));
  CHECK(text.find("nnn                               53.00   0.00   k 16   0.75   42.00   0.00    k 4   0.50\n") !=
        std::string::npos);
  CHECK(text.find("nnn, TRANSDUCTIVE ") != std::string::npos);
  CHECK(text.ends_with("run: nnn is kept; eval and search use it\n"));

  const Json json = correction_fit_json(fit, "run");
  CHECK(json.at("chosen") == "nnn");
  CHECK(json.at("text_bank") == 1000);
  REQUIRE(json.at("dev").size() == 3);
  CHECK(json.at("dev")[0].at("correction") == "none");
  CHECK_FALSE(json.at("dev")[0].at("image_to_text").contains("settings"));
  CHECK(json.at("dev")[0].at("image_to_text").at("hubness").at("skewness") == 2.5);
  CHECK(json.at("dev")[1].at("text_to_image").at("settings").at("k") == 4);
  CHECK(json.at("dev")[2].at("transductive") == true);
}

TEST_CASE("where dev is best without a correction, none is kept") {
  std::ostringstream out;
  print_correction_fit(small_fit(), "run", out);
  CHECK(out.str().ends_with("run: none is kept: dev was better without\n"));
  CHECK(correction_fit_json(small_fit(), "run").at("chosen") == "none");
}

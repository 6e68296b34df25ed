#include <doctest/doctest.h>

#include <set>
#include <string>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("scan ranks every pair of views on a sample and finds that pictures and captions have to do with each other" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  const ScratchFolder data;
  const std::string csv = "csv:" + write_shapes(data).string();
  const std::string image = models_dir() / "efficientnet-lite0";
  const std::string text = models_dir() / "all-MiniLM-L6-v2";
  const std::vector<std::string> scan = {"scan", "--data",   csv,  "--image-encoder", image, "--text-encoder",
                                         text,   "--sample", "60", "--neighbours",    "5"};
  std::vector<std::string> words = scan;
  words.push_back("--json");
  const Json report = Json::parse(successful(words));
  CHECK(report.at("images") == 60);
  CHECK(report.at("mutual_knn_chance").get<double>() == doctest::Approx(5.0 / 59));
  const Json& pairs = report.at("pairs");
  std::set<std::string> image_views, text_views;
  for (const Json& pair : pairs) {
    image_views.insert(pair.at("image_view"));
    text_views.insert(pair.at("text_view"));
  }
  CHECK(text_views ==
        std::set<std::string>{"cls", "max", "mean", "mean@-2", "mean@-3", "mean@-4", "mean@-5", "mean@-6"});
  CHECK(image_views.contains("max"));
  CHECK(image_views.contains("mean@-2"));
  REQUIRE(pairs.size() == image_views.size() * text_views.size());
  for (std::size_t i = 1; i < pairs.size(); ++i)
    CHECK(pairs[i - 1].at("cka").get<double>() >= pairs[i].at("cka").get<double>());
  CHECK(pairs[0].at("cka_rank") == 1);
  CHECK(pairs[0].at("cka").get<double>() > 0.1);
  CHECK(pairs[0].at("mutual_knn").get<double>() > 1.5 * 5 / 59);
  CHECK(successful(scan).find("before any training") != std::string::npos);

  words = scan;
  words.back() = "1000";
  refused(words, {"needs more than 1000 readable pictures"});
  refused({"scan", "--data", csv, "--image-encoder", text, "--text-encoder", text}, {"expected an image encoder"});
}

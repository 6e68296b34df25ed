#include "tandem/reports/scan_report.h"

#include <doctest/doctest.h>

#include <sstream>

using namespace tandem;

namespace {

ScannedPair pair_of(const std::string& view, double cka, std::int64_t rank) {
  return {.image_encoder = "models/vit",
          .image_view = view,
          .text_encoder = "models/bert",
          .text_view = "cls",
          .cka = cka,
          .knn = 0.25,
          .cka_rank = rank,
          .knn_rank = 1};
}

const EncoderScan kScan{.pictures = 41, .pairs = {pair_of("mean", 0.5, 1), pair_of("max", 0.25, 2)}};

}  // namespace

TEST_CASE("a scan is a table of the first pairs with what chance would give") {
  std::ostringstream out;
  print_scan(kScan, {.split = "dev", .neighbours = 10}, 1, out);
  CHECK(
      out.str().starts_with("image     text         CKA  rank   mutual kNN  rank\n"
                            "vit mean  bert cls  0.5000     1       0.2500     1\n"
                            "... 1 more pairs (--top)\n"
                            "Computed on 41 pictures of split dev, "));
  CHECK(out.str().find("(chance: 0.2500)") != std::string::npos);
}

TEST_CASE("a scan's JSON has every pair") {
  const Json json = scan_json(kScan, {.split = "dev", .neighbours = 10, .seed = 3});
  CHECK(json.at("images") == 41);
  CHECK(json.at("seed") == 3);
  CHECK(json.at("mutual_knn_chance") == 0.25);
  REQUIRE(json.at("pairs").size() == 2);
  CHECK(json.at("pairs")[1].at("image_view") == "max");
  CHECK(json.at("pairs")[1].at("cka_rank") == 2);
}

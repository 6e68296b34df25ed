#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("the main job runs from captioned pictures to measured model and map and search" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  const ScratchFolder data, out;
  const std::string csv = write_shapes(data).string();
  const std::string features = out / "features";
  const std::string run = out / "run";
  const std::string control = out / "control";
  const std::vector<std::string> encode = {"encode",
                                           "--data",
                                           "csv:" + csv,
                                           "--image-encoder",
                                           models_dir() / "efficientnet-lite0",
                                           "--text-encoder",
                                           models_dir() / "all-MiniLM-L6-v2",
                                           "--out",
                                           features,
                                           "--json"};
  const Json first = Json::parse(successful(encode));
  CHECK(first.at("images") == 120);
  CHECK(first.at("captions") == 240);
  CHECK(first.at("shards_made") == 2);
  CHECK(Json::parse(successful(encode)).at("shards_made") == 0);

  const std::vector<std::string> small = {"--epochs", "40", "--batch-size", "72", "--hidden", "64", "--width", "64"};
  std::vector<std::string> train = {"train", features, "--out", run, "--json"};
  train.insert(train.end(), small.begin(), small.end());
  successful(train);
  for (const std::string name :
       {"run.json", "heads.safetensors", "metrics.jsonl", "curves.svg", "encoders/text-0/tokenizer.json"}) {
    CHECK_MESSAGE(std::filesystem::exists(std::filesystem::path(run) / name), name);
  }
  refused(train, {"expected a folder without a run", "found a finished run"});
  train = {"train", features, "--out", control, "--json", "--shuffled"};
  train.insert(train.end(), small.begin(), small.end());
  successful(train);

  const Json learned = Json::parse(successful({"eval", run, "--json"}));
  const Json shuffled = Json::parse(successful({"eval", control, "--json"}));
  CHECK(learned.at("split") == "test");
  CHECK(learned.at("images") == 24);
  CHECK(learned.at("captions") == 48);
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* number : {"r1", "r5", "r10", "median_rank", "mean_rank"})
      CHECK(learned.at(way).at(number).is_number());
    CHECK(learned.at(way).at("r5").get<double>() > 55);  // Chance is about 21; seeds give 77 to 96.
    CHECK(shuffled.at(way).at("r5").get<double>() < 40);
    CHECK(shuffled.at(way).at("mean_rank").get<double>() > 2 * learned.at(way).at("mean_rank").get<double>());
  }
  CHECK(learned.at("chance").at("text_to_image").at("r1").get<double>() == doctest::Approx(100.0 / 24));
  CHECK(successful({"eval", run}).find("chance") != std::string::npos);

  const Json found = Json::parse(successful({"search", run, "a red circle on a blue ground", "-k", "5", "--json"}));
  REQUIRE(found.at("results").size() == 5);
  CHECK(found.at("results")[0].at("captions")[0].get<std::string>().find("red") != std::string::npos);
  const Json captions = Json::parse(successful({"search", run, "--image", data / "shape100.jpg", "-k", "3", "--json"}));
  CHECK(captions.at("results")[0].at("caption").is_string());

  for (const char* name : {"map.png", "map.svg", "map.html"})
    successful({"map", run, "--method", "pca", "--out", out / name});
  successful({"map", run, "--method", "tsne", "--out", out / "tsne.png"});
  CHECK(read_file(out / "map.png").starts_with("\x89PNG"));
  CHECK(read_file(out / "map.html").find("id=\"sheet-0\">/9j/") != std::string::npos);  // how JPEG begins in base64
  const Json closed = Json::parse(
      successful({"map", run, "--close-gap", "--iterations", "200", "--save", out / "map.safetensors", "--frames",
                  out / "frames", "--frames-every", "100", "--json", "--out", out / "closed.png"}));
  CHECK(closed.at("gap_closed") == true);
  CHECK(closed.at("images") == 24);
  CHECK(closed.at("perplexity").get<double>() == doctest::Approx(71.0 / 3));  // 72 points allow no more
  for (const char* number : {"trustworthiness", "continuity", "neighbours_kept"})
    CHECK(closed.at("quality").at(number).get<double>() > 0);
  CHECK(closed.at("pair_distance").at("paired").get<double>() > 0);  // Two dozen pictures are too few for more.
  for (const char* frame : {"frame-0000.png", "frame-0100.png", "frame-0200.png"})
    CHECK(std::filesystem::exists(out / "frames" / frame));
  const Json placed = Json::parse(successful(
      {"map", run, "--split", "dev", "--onto", out / "map.safetensors", "--json", "--out", out / "placed.png"}));
  CHECK(placed.at("gap_closed") == true);
  CHECK(placed.at("kl").is_null());
  for (const char* pairs : {"paired", "random"})
    CHECK(placed.at("pair_distance").at(pairs).get<double>() > 0);  // placement_test.cpp says how good
  refused({"map", run, "--onto", std::filesystem::path(run) / "heads.safetensors", "--out", out / "no.png"},
          {"expected a saved map", "found none"});
  refused({"map", run, "--method", "pca", "--frames", out / "frames", "--out", out / "no.png"}, {"--method tsne"});
  successful({"examples", run, "--out", out / "examples.html"});
  CHECK(read_file(out / "examples.html").find("data:image/jpeg;base64,") != std::string::npos);

  successful(
      {"audit", run, "--split", "all", "--folds", "2", "--epochs", "10", "--out", out / "audit.html", "--count", "5"});
  CHECK(read_file(out / "audit.html").find("data:image/jpeg;base64,") != std::string::npos);

  // The run is a model of its own: it searches on when the encoders' folders of training are out of
  // reach.
  std::filesystem::rename(data / "captions.csv", data / "gone.csv");
  CHECK(Json::parse(successful({"search", run, "green square", "-k", "1", "--json"})).at("results").size() == 1);
}

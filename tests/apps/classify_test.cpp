#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "apps/split_of_fifth.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// The drawn shapes with their shape as class and caption: FOLDER/classes.csv.
std::string with_classes(const ScratchFolder& folder) {
  write_shapes(folder);
  std::string csv = "image,caption,split,label\n";
  for (int number = 0; number < 120; ++number) {
    const std::string shape = kShapes[static_cast<std::size_t>(number / 30)];
    csv += "shape" + std::to_string(100 + number) + ".jpg,a photo of a " + shape + "," + split_of_fifth(number) + "," +
           shape + "\n";
  }
  write_file(folder / "classes.csv", csv);
  return "csv:" + (folder / "classes.csv").string();
}

}  // namespace

TEST_CASE("pictures are classified by the names of their classes, from features and from files" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  const ScratchFolder data, out;
  const std::string spec = with_classes(data);
  const std::string run = out / "run";
  successful({"encode", "--data", spec, "--image-encoder", models_dir() / "efficientnet-lite0", "--text-encoder",
              models_dir() / "all-MiniLM-L6-v2", "--out", out / "features"});
  successful({"train", out / "features", "--out", run, "--epochs", "40", "--batch-size", "36", "--hidden", "64",
              "--width", "64", "--json"});

  const Json told = Json::parse(successful({"classify", run, "--confusion", out / "confusion.svg", "--json"}));
  CHECK(told.at("images") == 24);
  CHECK(told.at("classes").size() == 4);
  CHECK(told.at("top1").get<double>() > 60);  // Chance is 25.
  CHECK(told.at("top5") == 100);
  std::int64_t pictures = 0;
  for (const Json& row : told.at("classes")) {
    for (const Json& count : row.at("taken_for")) pictures += count.get<std::int64_t>();
  }
  CHECK(pictures == 24);
  CHECK(read_file(out / "confusion.svg").find("4 classes") != std::string::npos);

  write_file(out / "classes.txt", "circle\nsquare\ntriangle\nstripe\n");
  write_file(out / "templates.txt", "a photo of {}\na drawing of the {}\n");
  const Json again = Json::parse(successful({"classify", run, "--data", spec, "--classes", out / "classes.txt",
                                             "--templates", out / "templates.txt", "--json"}));
  CHECK(again.at("images") == 24);
  CHECK(again.at("classes")[3].at("class") == "stripe");
  CHECK(successful({"classify", run, "--split", "train"}).find("most often taken for") != std::string::npos);

  const Json named = Json::parse(successful({"classify", run, data / "shape104.jpg", data / "shape194.jpg", "--classes",
                                             out / "classes.txt", "-k", "2", "--json"}));
  REQUIRE(named.at("pictures").size() == 2);
  REQUIRE(named.at("pictures")[0].at("classes").size() == 2);
  CHECK(named.at("pictures")[0].at("classes")[0].at("probability").get<double>() >=
        named.at("pictures")[0].at("classes")[1].at("probability").get<double>());

  write_file(out / "fewer.txt", "circle\nsquare\n");
  refused({"classify", run, "--classes", out / "fewer.txt"},
          {"features: expected pictures of the 2 classes given", "the class of"});
  write_file(out / "twice.txt", "circle\nsquare\ncircle\n");
  refused({"classify", run, "--classes", out / "twice.txt"},
          {"twice.txt: expected each class once", "line 1 and line 3"});
  write_file(out / "bare.txt", "a photo\n");
  refused({"classify", run, "--templates", out / "bare.txt"}, {"bare.txt: expected one {} for the class"});
  const Json of_data = Json::parse(successful({"classify", run, data / "shape104.jpg", "-k", "9", "--json"}));
  CHECK(of_data.at("pictures")[0].at("classes").size() == 4);
  std::filesystem::rename(out / "features", out / "moved");
  refused({"classify", run, data / "shape104.jpg"}, {"features: expected the features", "--classes FILE"});
  std::filesystem::rename(out / "moved", out / "features");
  refused({"classify", run, data / "none.jpg", "--classes", out / "classes.txt"}, {"none.jpg"});
  refused({"classify", run, data / "shape104.jpg", "--data", spec, "--classes", out / "classes.txt"}, {"got several"});
  refused({"classify", run, "--confusion", out / "confusion.bmp"}, {"confusion.bmp"});
  refused({"classify", run, "--data", "csv:" + (data / "captions.csv").string()},
          {"expected data with classes", "found pictures without a class"});
}

#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/features/feature_store.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

std::string encoded_tokens(const ScratchFolder& folder, const std::string& name, const std::string& image_pooling) {
  const std::filesystem::path encoders = reference_dir() / "encoders";
  successful({"encode", "--json", "--data", "csv:" + write_shapes(folder).string(), "--image-encoder",
              encoders / "tiny_vit", "--text-encoder", encoders / "tiny_bert", "--out", folder / name,
              "--image-pooling", image_pooling, "--text-pooling", "mean,tokens:5"});
  return folder / name;
}

Words training(const std::string& features, const std::string& out, const Words& more) {
  Words words = {"train",   features, "--out",        out,  "--epochs", "3", "--hidden", "24",
                 "--width", "12",     "--batch-size", "40", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Json options_of(const ScratchFolder& folder, const std::string& run) {
  return read_checked_json(folder / (run + "/run.json")).at("options");
}

}  // namespace

TEST_CASE("heads pool the tokens that were stored, and new words and pictures go the same way" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = encoded_tokens(folder, "features", "cls,tokens:4");
  successful(training(features, folder / "attention", {"--queries", "2"}));
  const Json text = options_of(folder, "attention").at("text_head");
  const Json image = options_of(folder, "attention").at("image_head");
  CHECK(text.at("pooling") == "attention");
  CHECK(text.at("queries") == 2);
  REQUIRE(text.at("pooled").size() == 1);
  CHECK(text.at("pooled")[0].at("count") == 5);
  CHECK(text.at("pooled")[0].at("begin") == text.at("pooled")[0].at("width"));  // behind the mean
  CHECK(image.at("pooled")[0].at("tokens") == true);
  CHECK(Json::parse(successful({"eval", folder / "attention", "--json"}))["images"] == 24);
  CHECK(Json::parse(successful({"search", folder / "attention", "a red circle", "-k", "3", "--json"}))["results"]
            .size() == 3);
  successful(training(features, folder / "gpo", {"--pooling", "gpo"}));
  CHECK(options_of(folder, "gpo").at("image_head").at("pooling") == "gpo");
  // What compares the encoders' own spaces sees tokens as their mean.
  successful(training(features, folder / "kept", {"--structure", "2", "--loss", "soft-target"}));
  CHECK(successful({"baselines", features}).find("ridge") != std::string::npos);
  const Json solved = Json::parse(successful({"cca", features, "--out", folder / "solved", "--json"}));
  double recall = 0;
  const Json on_dev =
      Json::parse(successful({"eval", folder / "solved", "--split", "dev", "--samples", "0", "--json"}));
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* k : {"r1", "r5", "r10"}) recall += on_dev.at(way).at(k).get<double>() / 6;
  }
  CHECK(solved.at("dev_mean_recall").get<double>() ==
        doctest::Approx(recall));  // heads average tokens as the baseline did
  CHECK(Json::parse(successful({"search", folder / "solved", "a red circle", "-k", "3", "--json"}))["results"].size() ==
        3);
  refused({"finetune", folder / "attention", "--out", folder / "tuned", "--unfreeze-last", "1"},
          {"views pooled by the encoder", "tokens:5"});
  refused(training(features, folder / "whitened", {"--scaling", "pca"}), {"standardise goes with it"});
}

TEST_CASE("one side's tokens are pooled and the other side's views stay side by side" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = encoded_tokens(folder, "features", "cls,mean");
  successful(training(features, folder / "run", {"--pooling", "gpo"}));
  CHECK(options_of(folder, "run").at("image_head").at("pooling") == "concatenate");
  CHECK(options_of(folder, "run").at("text_head").at("pooling") == "gpo");
}

TEST_CASE("tokens survive export and import, and what is said of them is checked" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = encoded_tokens(folder, "features", "tokens:4");
  successful({"export", features, "--out", folder / "arrays"});
  successful({"import", folder / "arrays", "--out", folder / "again"});
  for (const char* run : {"features", "again"})
    successful(training(folder / run, folder / (std::string(run) + "-run"), {}));
  CHECK(options_of(folder, "again-run").at("text_head") == options_of(folder, "features-run").at("text_head"));
  CHECK(Json::parse(successful({"eval", folder / "again-run", "--json"}))["text_to_image"] ==
        Json::parse(successful({"eval", folder / "features-run", "--json"}))["text_to_image"]);

  const Words arrays = {"import", folder / "arrays", "--overwrite", "--out", folder / "odd"};
  const auto with = [&](const Words& more) {
    Words words = arrays;
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  refused(with({"--text-tokens", "0:5"}), {"--text-tokens: expected BEGIN:COUNT:WIDTH", "\"0:5\""});
  refused(with({"--text-tokens", "0:5:24x"}), {"\"0:5:24x\""});
  refused(with({"--image-tokens", "10:4:24"}), {"tokens within the 96 columns", "4 of 24 columns from column 10"});
  refused(with({"--image-tokens", "0:2:24", "--image-tokens", "24:2:24"}), {"one view behind the other"});
}

TEST_CASE("more patches than a picture has, or no grid of them, are refused" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::filesystem::path encoders = reference_dir() / "encoders";
  const Words start = {"encode",
                       "--data",
                       "csv:" + write_shapes(folder).string(),
                       "--image-encoder",
                       encoders / "tiny_vit",
                       "--text-encoder",
                       encoders / "tiny_bert",
                       "--out",
                       folder / "f",
                       "--image-pooling"};
  const auto pooled = [&](const std::string& pooling) {
    Words words = start;
    words.push_back(pooling);
    return words;
  };
  refused(pooled("tokens:5"), {"a square number of a picture's tokens", "tokens:5"});
  refused(pooled("tokens:4096"), {"tokens:4096 wants as many patches at least"});
}

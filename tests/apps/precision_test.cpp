// What training prints of dev is what eval prints of it, on this processor and on lesser ones.
#include <ATen/ops/randint.h>
#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "apps/feature_arrays.h"
#include "apps/shapes_data.h"
#include "tandem/nn/precision.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

/// Programs that are started while it lives see a processor that has no more than that; "DEFAULT"
/// is this one.
class OnProcessor {
 public:
  explicit OnProcessor(const char* instructions) { ::setenv("ONEDNN_MAX_CPU_ISA", instructions, /*overwrite=*/1); }
  ~OnProcessor() { ::unsetenv("ONEDNN_MAX_CPU_ISA"); }
  OnProcessor(const OnProcessor&) = delete;
  OnProcessor& operator=(const OnProcessor&) = delete;
};

constexpr const char* kProcessors[] = {"AVX2", "AVX512_CORE", "DEFAULT"};

/// Half of the pictures are there twice, and captions are of eight kinds: most of what is ranked is
/// tied.
FeatureArrays tied_arrays() {
  FeatureArrays arrays = feature_arrays(400);
  const std::int64_t images = arrays.image.size(0);
  arrays.image.narrow(0, images / 2, images / 2).copy_(arrays.image.narrow(0, 0, images / 2).clone());
  const at::Tensor kind =
      at::randint(8, {arrays.text.size(0)}, at::detail::createCPUGenerator(3), at::TensorOptions().dtype(at::kLong));
  arrays.text = arrays.text.narrow(0, 0, 8).clone().index_select(0, kind);
  return arrays;
}

Words brief_training(const std::string& features, const std::string& out, const Words& more) {
  Words words = {"train",   features, "--out",        out,  "--epochs", "2", "--hidden", "64",
                 "--width", "64",     "--batch-size", "96", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// Mean of the six recalls on dev, as eval has them.
double dev_recall(const std::string& run) {
  const Json told = Json::parse(successful({"eval", run, "--split", "dev", "--samples", "0", "--json"}));
  double sum = 0;
  for (const char* way : {"image_to_text", "text_to_image"}) {
    for (const char* k : {"r1", "r5", "r10"}) sum += told.at(way).at(k).get<double>();
  }
  return sum / 6;
}

double recorded_recall(const std::string& run) {
  return read_checked_json(std::filesystem::path(run) / "run.json").at("dev_mean_recall").get<double>();
}

}  // namespace

TEST_CASE(
    "the dev recall that training chooses by is the one eval finds, on any processor and in any precision of "
    "training" *
    doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, tied_arrays());
  for (const char* processor : kProcessors) {
    const OnProcessor on(processor);
    for (const std::string dtype : {"fp32", "auto"}) {
      for (const std::string loss : {"info-nce", "hinge-sum"}) {
        CAPTURE(std::string(processor));
        CAPTURE(dtype);
        CAPTURE(loss);
        const std::string run = folder / (std::string(processor) + dtype + loss);
        const Json said = Json::parse(successful(brief_training(features, run, {"--dtype", dtype, "--loss", loss})));
        CHECK(said.at("dev_mean_recall").get<double>() == doctest::Approx(dev_recall(run)).epsilon(1e-9));
        CHECK(recorded_recall(run) == said.at("dev_mean_recall").get<double>());
      }
    }
  }
}

TEST_CASE("captions that all lie in one point are found by no picture, in training as in eval" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureArrays arrays = feature_arrays(400);
  arrays.text.narrow(0, 1, arrays.text.size(0) - 1).copy_(arrays.text.narrow(0, 0, 1));
  arrays.text[0].add_(1e-3);  // One caption, of train, is another: features that are all the same are not trained on.
  const std::string features = import_arrays(folder, arrays);
  for (const char* processor : kProcessors) {
    const OnProcessor on(processor);
    CAPTURE(std::string(processor));
    const std::string run = folder / processor;
    const Json said = Json::parse(successful(brief_training(features, run, {})));
    const Json told = Json::parse(successful({"eval", run, "--split", "dev", "--samples", "0", "--json"}));
    CHECK(told.at("image_to_text").at("r10") == 0);
    CHECK(said.at("dev_mean_recall").get<double>() == doctest::Approx(dev_recall(run)).epsilon(1e-9));
  }
}

TEST_CASE("training in fp32 has the same losses where bf16 is multiplied and where it is not" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(400));
  const auto loss = [&](const char* processor) {
    const OnProcessor on(processor);
    const std::string run = folder / processor;
    successful(brief_training(features, run, {"--dtype", "fp32", "--dropout", "0", "--noise", "0"}));
    const std::string metrics = read_file(std::filesystem::path(run) / "metrics.jsonl");
    return Json::parse(metrics.substr(0, metrics.find('\n'))).at("loss").get<double>();
  };
  CHECK(loss("DEFAULT") == doctest::Approx(loss("AVX2")).epsilon(1e-6));
}

TEST_CASE("a sweep's dev and test recalls are those of eval" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, tied_arrays());
  write_file(folder / "grid.toml",
             "[options]\nepochs = 2\nbatch_size = 96\nhead = { embedding_width = 64, hidden_width = 64 "
             "}\n[grid]\nlearning_rate = [1e-3, 5e-3]\n");
  const Json result = Json::parse(successful(
      {"sweep", features, "--grid", folder / "grid.toml", "--out", folder / "sweep", "--seeds", "1", "--json"}));
  const std::string best = folder / "sweep/best";
  CHECK(recorded_recall(best) == doctest::Approx(dev_recall(best)).epsilon(1e-9));
  const Json told = Json::parse(successful({"eval", best, "--samples", "0", "--json"}));
  CHECK(result.at("test").at("seeds").at(0).at("image_to_text").at("r1").get<double>() ==
        doctest::Approx(told.at("image_to_text").at("r1").get<double>()).epsilon(1e-9));
}

TEST_CASE("the dev recall of a fine-tuned run is the one eval finds, in either precision" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const auto tiny_folder = [](const char* family) {
    return (reference_dir() / "encoders" / (std::string("tiny_") + family)).string();
  };
  successful({"encode", "--data", "csv:" + write_shapes(folder).string(), "--image-encoder", tiny_folder("vit"),
              "--text-encoder", tiny_folder("bert"), "--text-pooling", "mean", "--out", folder / "features"});
  successful({"train", folder / "features", "--out", folder / "run", "--epochs", "6", "--batch-size", "72", "--hidden",
              "32", "--width", "32"});
  for (const std::string dtype : {"fp32", "auto"}) {
    CAPTURE(dtype);
    const std::string tuned = folder / ("tuned-" + dtype);
    const Json said = Json::parse(successful({"finetune", folder / "run", "--out", tuned, "--unfreeze-last", "1",
                                              "--epochs", "2", "--batch-size", "48", "--dtype", dtype, "--json"}));
    CHECK(said.at("dev_mean_recall").get<double>() == doctest::Approx(dev_recall(tuned)).epsilon(1e-9));
    CHECK(said.at("dev_mean_recall_before").get<double>() == doctest::Approx(dev_recall(folder / "run")).epsilon(1e-9));
    CHECK(recorded_recall(tuned) == said.at("dev_mean_recall").get<double>());
  }
}

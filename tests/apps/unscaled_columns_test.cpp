// Encoders of different scale side by side, and columns that hardly move.
#include <ATen/ops/cat.h>
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "apps/feature_arrays.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Beside the picture's 24 columns 24 of noise alone; the first are of this scale, the others of
/// that. One column of the first is switched off.
FeatureArrays two_encoders(double scale, double noise_scale) {
  FeatureArrays arrays = feature_arrays(300);
  const at::Tensor noise = at::randn(arrays.image.sizes(), at::detail::createCPUGenerator(11));
  arrays.image.select(1, 5).mul_(1e-6);
  arrays.image = at::cat({arrays.image * scale, noise * noise_scale}, 1);
  return arrays;
}

Json run_json(const std::string& run) { return read_checked_json(std::filesystem::path(run) / "run.json"); }

}  // namespace

TEST_CASE(
    "an encoder of small scale is worth as much beside one of large scale, and training says which columns it leaves "
    "out" *
    doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string alike = import_arrays(folder, two_encoders(1, 1), "alike");
  const std::string apart = import_arrays(folder, two_encoders(0.05, 100), "apart");
  const auto recall = [&](const std::string& features, const char* name) {
    const std::string run = folder / name;
    const Outcome outcome =
        tandem_program({"train", features, "--out", run, "--epochs", "40", "--learning-rate", "0.01", "--batch-size",
                        "90", "--head", "linear", "--width", "16", "--noise", "0.1"});
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
    CHECK_MESSAGE(
        outcome.err.find(
            "1 of 48 columns of the pictures hardly move beside the others of their view and are not scaled up\n") !=
            std::string::npos,
        outcome.err);
    CHECK(outcome.err.find("columns of the captions") == std::string::npos);
    CHECK(run_json(run).at("unscaled_columns") == Json{{"image", 1}, {"text", 0}});
    return run_json(run).at("dev_mean_recall").get<double>();
  };
  const double there = recall(alike, "alike-run");
  CHECK(there > 40);
  CHECK(recall(apart, "apart-run") == doctest::Approx(there).epsilon(0.02));

  successful({"cca", apart, "--out", folder / "cca"});
  CHECK(run_json(folder / "cca").at("unscaled_columns").at("image") == 1);
  CHECK(run_json(folder / "cca").at("dev_mean_recall").get<double>() > 40);
}

TEST_CASE("a run knows the columns of every view of every encoder" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const auto tiny_folder = [](const char* family) {
    return (reference_dir() / "encoders" / (std::string("tiny_") + family)).string();
  };
  successful({"encode", "--data", "csv:" + write_shapes(folder).string(), "--image-encoder", tiny_folder("vit"),
              tiny_folder("resnet_basic"), "--image-pooling", "mean,cls@-2", "mean", "--text-encoder",
              tiny_folder("bert"), "--text-pooling", "mean,tokens:4", "--out", folder / "features"});
  successful({"train", folder / "features", "--out", folder / "run", "--epochs", "1", "--batch-size", "72", "--hidden",
              "8", "--width", "8"});
  const Json json = run_json(folder / "run");
  const auto widths = [&](const char* head) {
    return json.at("options").at(head).at("view_widths").get<std::vector<std::int64_t>>();
  };
  const auto images = widths("image_head");
  const auto texts = widths("text_head");
  REQUIRE(images.size() == 3);
  CHECK(images[0] == images[1]);
  CHECK(images[0] + images[1] == json.at("image_encoders")[0].at("width"));
  CHECK(images[2] == json.at("image_encoders")[1].at("width"));
  REQUIRE(texts.size() == 2);
  CHECK(texts[1] == 4 * texts[0]);
}

#include <doctest/doctest.h>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>

#include <cmath>

#include "apps/program.h"
#include "apps/split_of_fifth.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr std::int64_t kHubImages = 150;
constexpr std::int64_t kTexts = 2 * kHubImages;

/// A run on features of two widths with a hidden cause in common. Returns its folder.
std::string run_with_hubs(const ScratchFolder& folder) {
  at::Generator chance = at::detail::createCPUGenerator(7);
  const at::Tensor cause = at::randn({kHubImages, 6}, chance);
  const at::Tensor to_image = at::randn({6, 24}, chance);
  const at::Tensor to_text = at::randn({6, 16}, chance);
  const at::Tensor pairs = at::arange(kTexts, at::kLong).floor_divide(2);
  write_npy(folder / "image.npy", cause.matmul(to_image));
  write_npy(folder / "text.npy", cause.index_select(0, pairs).matmul(to_text) + at::randn({kTexts, 16}, chance));
  write_npy(folder / "pairs.npy", pairs);
  std::string splits;
  for (std::int64_t i = 0; i < kHubImages; ++i) splits += split_of_fifth(i, "val") + "\n";
  write_file(folder / "split.txt", splits);
  successful({"import", "--image", folder / "image.npy", "--text", folder / "text.npy", "--image-of-caption",
              folder / "pairs.npy", "--split", folder / "split.txt", "--out", folder / "features"});
  successful({"train", folder / "features", "--out", folder / "run", "--head", "linear", "--width", "8", "--epochs",
              "20", "--batch-size", "60", "--json"});
  return folder / "run";
}

/// What search does comes first, in the report, in JSON and in rankings.
void check_order_of_eval(const std::string& run) {
  const std::string shown = successful({"eval", run, "--correction", "csls"});
  CHECK(shown.find("Corrected for hubs by csls, as 'tandem search' ranks") < shown.find("Without the correction:"));
  const std::string unfair = successful({"eval", run, "--correction", "csls", "--transductive"});
  CHECK(unfair.find("95% interval") < unfair.find("TRANSDUCTIVE"));
  const std::string folder = run + "-rankings";
  const auto ranked = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"eval", run, "--rankings", folder, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return Json::parse(successful(words));
  };
  const Json corrected = ranked({"--correction", "csls"});
  CHECK(corrected.at("headline") == "corrected");
  CHECK(corrected.at("rankings").at("tag") == "tandem-run-csls");
  const std::string of_csls = read_file(std::filesystem::path(folder) / "text_to_image.run");
  CHECK(of_csls.find(" tandem-run-csls\n") != std::string::npos);
  const Json plain = ranked({"--correction", "csls", "--transductive"});
  CHECK(plain.at("headline") == "uncorrected");
  CHECK(plain.at("rankings").at("correction").is_null());
  CHECK(read_file(std::filesystem::path(folder) / "text_to_image.run").find("-uncorrected\n") != std::string::npos);
}

}  // namespace

TEST_CASE(
    "a correction is fitted on dev with training queries, kept in the run, and used by search until it is turned off" *
    doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = run_with_hubs(folder);
  const std::string id = "4";
  const std::vector<std::string> search = {"search", run, "--id", id, "--split", "test", "-k", "60", "--json"};
  const Json plain = Json::parse(successful(search));
  CHECK(plain.at("correction") == "none");
  refused({"search", run, "--id", id, "--correction", "csls"},
          {"expected a correction for hubs, as 'tandem correct' fits it", "found none"});

  const Json fitted = Json::parse(successful({"correct", run, "--method", "nnn", "--bank", "50", "--json"}));
  CHECK(fitted.at("chosen") == "nnn");
  CHECK(fitted.at("image_bank") == 50);
  CHECK(fitted.at("text_bank") == 50);
  REQUIRE(fitted.at("dev").size() == 3);  // None, and the method by either bank.
  const double before = fitted.at("dev")[0].at("text_to_image").at("mean_recall");
  for (const Json& row : fitted.at("dev")) {
    CHECK(row.at("transductive") ==
          (row.at("correction").get<std::string>().find("TRANSDUCTIVE") != std::string::npos));
    CHECK(row.at("text_to_image").at("mean_recall").get<double>() > before - 5);
  }
  Json corrected = Json::parse(successful(search));
  CHECK(corrected.at("correction") == "nnn");
  std::map<std::string, double> similarity;
  for (const Json& hit : plain.at("results")) similarity[hit.at("caption")] = hit.at("similarity");
  for (const Json& hit : corrected.at("results"))
    CHECK(hit.at("similarity").get<double>() == doctest::Approx(similarity.at(hit.at("caption"))).epsilon(1e-4));
  std::vector<std::string> off = search;
  off.insert(off.end(), {"--correction", "none"});
  CHECK(Json::parse(successful(off)) == plain);
  refused({"eval", run, "--correction", "csls"},
          {"expected a correction by csls, as 'tandem correct --method csls' or '--method auto' fits it",
           "found one by nnn alone"});
  CHECK(successful({"correct", run}).find("TRANSDUCTIVE") != std::string::npos);

  CHECK(Json::parse(successful({"correct", run, "--bank", "50", "--json"})).at("dev").size() ==
        7);  // None, and three methods by either bank.
  const Json measured = Json::parse(successful({"eval", run, "--correction", "csls", "--json"})).at("corrected");
  CHECK(measured.at("method") == "csls");
  CHECK(measured.at("transductive") == false);
  CHECK(measured.at("text_to_image").at("interval").at("r1").size() == 2);
  CHECK(measured.at("text_to_image").at("ndcg_10").is_number());
  CHECK(measured.at("rsum_interval").size() == 2);
  CHECK(measured.at("text_to_image").at("r1").get<double>() > 20);  // Chance is 3.3.
  const Json unfair =
      Json::parse(successful({"eval", run, "--correction", "inverted-softmax", "--transductive", "--json"}))
          .at("corrected");
  CHECK(unfair.at("fitted_on").get<std::string>().starts_with("TRANSDUCTIVE"));
  check_order_of_eval(run);
  CHECK(successful({"eval", run, "--correction", "nnn", "--transductive"}).find("TRANSDUCTIVE") != std::string::npos);
  CHECK(Json::parse(successful({"eval", run, "--correction", "none", "--json"})).at("corrected").is_null());
  refused({"eval", run, "--correction", "none", "--transductive"}, {"--transductive needs a correction"});
}

TEST_CASE("a correction of other heads or a damaged one is refused in words" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = run_with_hubs(folder);
  successful({"correct", run, "--method", "csls", "--json"});
  const std::filesystem::path banks = std::filesystem::path(run) / "hubness.safetensors";
  const std::string whole = read_file(banks);
  std::string bytes = whole;
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(banks, bytes);
  refused({"search", run, "--id", "4"}, {"hubness.safetensors", "damaged"});
  write_file(banks, whole);
  const std::string settings = read_file(std::filesystem::path(run) / "hubness.json");
  successful({"train", folder / "features", "--out", run, "--overwrite", "--head", "linear", "--width", "8", "--epochs",
              "1", "--batch-size", "60", "--json"});
  CHECK(!std::filesystem::exists(banks));
  write_file(banks, whole);
  write_file(std::filesystem::path(run) / "hubness.json", settings);
  refused({"search", run, "--id", "4"},
          {"hubness.json", "expected a correction fitted to the heads of this run", "--correction none"});
  successful({"search", run, "--id", "4", "--correction", "none"});
  refused({"correct", folder / "none"}, {"none"});
}

TEST_CASE("geometry measures a run and draws its similarities" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = run_with_hubs(folder);
  const Json told = Json::parse(successful({"geometry", run, "--json"}));
  CHECK(told.at("images") == 30);
  CHECK(told.at("similarity").at("aligned").at("pairs") == 60);
  CHECK(told.at("similarity").at("misaligned").at("pairs") == 30 * 60 - 60);
  CHECK(told.at("similarity").at("auc").get<double>() > 0.9);
  CHECK(told.at("effective_rank").at("image").get<double>() <= 8);
  CHECK(told.at("modality_gap").at("distance").get<double>() < 2);
  CHECK(told.at("calibration").at("text_to_image").at("bins").size() == 15);
  CHECK(Json::parse(successful({"geometry", run, "--json"})) == told);
  CHECK(
      successful({"geometry", run, "--split", "dev", "--histogram", folder / "similarities.svg"}).find("uniformity") !=
      std::string::npos);
  CHECK(read_file(folder / "similarities.svg").find("overlap") != std::string::npos);
  refused({"geometry", run, "--histogram", folder / "similarities.bmp"}, {"similarities.bmp"});
  refused({"geometry", run, "--split", "exam"}, {"--split must be", "exam"});
  refused({"geometry", folder / "none"}, {"expected a run"});
}

TEST_CASE("geometry fits a factor to runs whose loss trains none, and says so" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string trained = run_with_hubs(folder);
  const std::string hinge = folder / "hinge";
  successful({"train", folder / "features", "--out", hinge, "--loss", "hinge-max", "--head", "linear", "--width", "8",
              "--epochs", "20", "--batch-size", "60", "--json"});
  const Json told = Json::parse(successful({"geometry", hinge, "--json"}));
  CHECK(told.at("logit_scale_origin") == "fitted on dev");
  CHECK(std::abs(told.at("logit_scale").get<double>() -
                 read_checked_json(std::filesystem::path(hinge) / "run.json").at("logit_scale").get<double>()) > 0.5);
  CHECK(successful({"geometry", hinge}).find("The factor was fitted on dev: the loss of this run trains none.\n") !=
        std::string::npos);
  CHECK(Json::parse(successful({"geometry", trained, "--json"})).at("logit_scale_origin") == "trained");
  CHECK(successful({"geometry", trained}).find("fitted") == std::string::npos);
}

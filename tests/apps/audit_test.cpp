#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "apps/program.h"
#include "figures/page_data.h"
#include "tandem/evaluation/audit_verdicts.h"
#include "tandem/parsing/csv_rows.h"
#include "tandem/parsing/spreadsheet_cell.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/npy_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr std::int64_t kAuditedImages = 200, kCaptions = 3;
constexpr const char* kOddCaption = "=\"</script><b>one</b>\", | two; d\xc3\xa9j\xc3\xa0 vu";

/// Imported features of two widths with a hidden cause in common, and a run on them. Nine pictures
/// of ten are in a split.
std::string trained_run(const ScratchFolder& folder) {
  at::Generator chance = at::detail::createCPUGenerator(7);
  const at::Tensor cause = at::randn({kAuditedImages, 6}, chance);
  const at::Tensor to_image = at::randn({6, 24}, chance);
  const at::Tensor to_text = at::randn({6, 16}, chance);
  const at::Tensor pairs = at::arange(kAuditedImages * kCaptions, at::kLong).floor_divide(kCaptions);
  write_npy(folder / "image.npy", cause.matmul(to_image));
  write_npy(folder / "text.npy",
            cause.index_select(0, pairs).matmul(to_text).add(at::randn({kAuditedImages * kCaptions, 16}, chance), 0.5));
  write_npy(folder / "pairs.npy", pairs);
  std::string captions, splits;
  for (std::int64_t i = 0; i < kAuditedImages; ++i) {
    const std::string unseen = i % 10 < 2 ? "dev\n" : "test\n";
    splits += i % 10 < 5 ? unseen : "train\n";
  }
  for (std::int64_t j = 0; j < kAuditedImages * kCaptions; ++j)
    captions += j == 6 ? std::string(kOddCaption) + "\n" : "caption number " + std::to_string(j) + "\n";
  write_file(folder / "captions.txt", captions);
  write_file(folder / "split.txt", splits);
  successful({"import", "--image", folder / "image.npy", "--text", folder / "text.npy", "--image-of-caption",
              folder / "pairs.npy", "--captions", folder / "captions.txt", "--split", folder / "split.txt", "--out",
              folder / "features"});
  const std::string run = folder / "run";
  successful({"train", folder / "features", "--out", run, "--head", "linear", "--width", "8", "--epochs", "20",
              "--batch-size", "60", "--json"});
  return run;
}

std::vector<CsvRow> table_of(const std::filesystem::path& file) { return parse_csv(read_file(file), file); }

std::size_t column(const std::vector<CsvRow>& table, const std::string& name) {
  const auto place = std::find(table[0].fields.begin(), table[0].fields.end(), name);
  REQUIRE(place != table[0].fields.end());
  return static_cast<std::size_t>(place - table[0].fields.begin());
}

}  // namespace

TEST_CASE("an audit of imported features writes page and table and JSON without thumbnails" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = trained_run(folder);
  const Json audit = Json::parse(successful(
      {"audit", run, "--out", folder / "audit.html", "--csv", folder / "audit.csv", "--json", "--count", "5"}));
  CHECK(audit["captions"] == 60 * kCaptions);
  CHECK(audit["folds"] == 0);
  std::int64_t judged = 0;
  for (const auto& [verdict, count] : audit["counts"].items()) judged += count.get<std::int64_t>();
  CHECK(judged == 60 * kCaptions);

  const std::string page = read_file(folder / "audit.html");
  CHECK(page.find("data:image") == std::string::npos);
  CHECK(page.find("</script><b>") == std::string::npos);
  const Json data = page_data(page);
  REQUIRE(data["sections"].size() == 4);
  for (const Json& section : data["sections"])
    CHECK(section["cards"].size() == std::min<std::size_t>(5, section["count"].get<std::size_t>()));

  const auto table = table_of(folder / "audit.csv");
  REQUIRE(table.size() == 60 * kCaptions + 1);
  const std::size_t caption = column(table, "caption");
  const std::size_t score = column(table, "score");
  const std::size_t fresh = column(table, "new_caption");
  const std::size_t verdict = column(table, "verdict");
  std::int64_t odd = 0, wrong = 0;
  double before = 1e9;
  for (std::size_t row = 1; row < table.size(); ++row) {
    CHECK(table[row].fault.empty());
    CHECK(table[row].fields[fresh].empty());
    CHECK(!table[row].fields[caption].starts_with('='));  // A spreadsheet would run it.
    odd += text_of_cell(table[row].fields[caption]) == kOddCaption ? 1 : 0;
    wrong += table[row].fields[verdict] == "wrong caption" ? 1 : 0;
    CHECK(std::stod(table[row].fields[score]) <= before);
    before = std::stod(table[row].fields[score]);
  }
  CHECK(odd == 1);
  CHECK(wrong == audit["counts"]["wrong caption"]);
}

TEST_CASE(
    "planted swaps are found in a held-out split and in training by cross-fitting and the same seed gives the same "
    "list" *
    doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = trained_run(folder);
  for (const std::string split : {"test", "train", "all"}) {
    CAPTURE(split);
    std::vector<std::string> words = {"audit",  run, "--split", split,   "--plant",           "0.1",
                                      "--seed", "3", "--json",  "--csv", folder / "audit.csv"};
    if (split != "test") words.insert(words.end(), {"--folds", "3"});
    const std::string said = successful(words);
    const Json audit = Json::parse(said);
    CHECK(audit["folds"] == (split == "test" ? 0 : 3));
    CHECK(audit["cross_fitted_images"] == (split == "test" ? 0 : 100));
    CHECK(std::abs(audit["planted"]["chance"].get<double>() - 0.1) < 0.001);
    CHECK(audit["planted"]["average_precision"].get<double>() > 0.6);
    const auto table = table_of(folder / "audit.csv");
    const std::size_t planted = column(table, "planted");
    CHECK(std::count_if(table.begin(), table.end(), [planted](const CsvRow& row) {
            return row.fields[planted] == "yes";
          }) == audit["planted"]["captions"]);
    const std::string first = read_file(folder / "audit.csv");
    if (split == "all") continue;
    CHECK(successful(words) == said);
    CHECK(read_file(folder / "audit.csv") == first);
  }
}

TEST_CASE("what of a split cannot be judged is left out and said, and the rest is judged" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = trained_run(folder);
  const auto features = [&](const std::string& name, std::int64_t training, std::int64_t unseen) {
    std::string splits;
    for (std::int64_t i = 0; i < kAuditedImages; ++i) {
      const std::string other = i < training + unseen ? "test\n" : "none\n";
      splits += i < training ? "train\n" : other;
    }
    write_file(folder / "split.txt", splits);
    successful({"import", "--image", folder / "image.npy", "--text", folder / "text.npy", "--image-of-caption",
                folder / "pairs.npy", "--captions", folder / "captions.txt", "--split", folder / "split.txt", "--out",
                folder / name});
    return std::string(folder / name);
  };
  const std::string one_unseen = features("one_unseen", kAuditedImages - 1, 1);
  const std::string few_training = features("few_training", 3, kAuditedImages - 3);
  const std::vector<std::string> words = {"audit",    run,         "--split", "all", "--folds", "2",
                                          "--epochs", "2",         "--plant", "0.1", "--csv",   folder / "audit.csv",
                                          "--json",   "--features"};
  const auto with = [&](const std::string& more) {
    std::vector<std::string> all = words;
    all.push_back(more);
    return all;
  };
  const Json one = Json::parse(successful(with(one_unseen)));
  CHECK(one["images"] == kAuditedImages - 1);
  CHECK(one["left_out_images"] == 1);
  CHECK(one["left_out"].get<std::string>().find("the only picture") != std::string::npos);
  CHECK(table_of(folder / "audit.csv").size() == (kAuditedImages - 1) * kCaptions + 1);
  const Json few = Json::parse(successful(with(few_training)));
  CHECK(few["images"] == kAuditedImages - 3);
  CHECK(few["folds"] == 0);
  CHECK(few["left_out_images"] == 3);
  CHECK(successful({"audit", run, "--split", "all", "--folds", "2", "--epochs", "2", "--csv", folder / "audit.csv",
                    "--features", one_unseen})
            .find("Left out of the splits beside train the only picture") != std::string::npos);
  refused({"audit", run, "--split", "test", "--csv", folder / "audit.csv", "--features", one_unseen},
          {"4 pictures of the split train or 2 of the others were needed, got 0 and 1"});
}

TEST_CASE("verdicts are found by captions that the table guards against spreadsheets" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  FeatureManifest manifest;
  manifest.image_ids = {"-1.jpg", "b.jpg"};
  manifest.captions = {"=1+1", "'@quoted"};
  const PairedFeatures shown{.image = {},
                             .text = {},
                             .image_of_text = at::arange(2, at::kLong),
                             .image_in_store = {0, 1},
                             .text_in_store = {0, 1}};
  std::string table = csv_line({"id", "caption", "verdict"});
  for (std::size_t i = 0; i < 2; ++i)
    table += csv_line(
        {spreadsheet_cell(manifest.image_ids[i]), spreadsheet_cell(manifest.captions[i]), i == 0 ? "hub" : "aligned"});
  write_file(folder / "audit.csv", table);
  CHECK(read_verdicts(folder / "audit.csv", manifest, shown) == std::vector<std::string>{"hub", "aligned"});
}

TEST_CASE("what cannot be audited is refused in one sentence and nothing is written" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = trained_run(folder);
  const std::string page = folder / "audit.html";
  refused({"audit", run}, {"--out, --csv, --json or --plant"});
  refused({"audit", folder / "none", "--out", page}, {"none", "a run"});
  refused({"audit", run, "--split", "none", "--out", page}, {"pictures in the split \"none\"", "found none"});
  refused({"audit", run, "--split", "nonsense", "--out", page}, {"--split must be", "nonsense"});
  refused({"audit", run, "--split", "train", "--folds", "51", "--out", page},
          {"--folds must be from 2 to 50", "100 pictures", "got 51"});
  refused({"audit", run, "--out", folder / "audit.pdf"}, {"audit.pdf", ".html"});
  refused({"audit", run, "--plant", "0.001"}, {"can be swapped, got 0"});
  refused({"audit", run, "--plant", "0.9"}, {"one a picture (60)", "got 162"});
  refused({"audit", run, "--csv", folder / "absent" / "audit.csv"}, {"absent"});
  CHECK(!std::filesystem::exists(page));
  CHECK(!std::filesystem::exists(folder / "audit.pdf"));
}

#include "tandem/reports/model_report.h"

#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/base/errors.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/model/closed_form_run.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_pairs;

namespace {

constexpr const char* kHostile = "a <script>dog</script> & \"co\"";

/// A closed-form model on toy pairs with pictures (some of them grey files) and captions to escape.
Model pictured_model(const ScratchFolder& folder, std::int64_t images, bool no_dev) {
  make_folder(folder / "pictures");
  const PairedFeatures pairs = toy_pairs(images, 10);
  ImportedFeatures features{
      .data_name = "toy", .image = pairs.image, .text = pairs.text, .pictures = folder / "pictures"};
  for (std::int64_t i = 0; i < images; ++i) {
    const RgbImage grey{
        .height = 30, .width = 40, .pixels = std::vector<std::uint8_t>(30 * 40 * 3, static_cast<std::uint8_t>(i))};
    features.image_ids.push_back("picture" + std::to_string(i) + ".jpg");
    write_file(folder / "pictures" / features.image_ids.back(), encode_jpeg(grey, 80));
    for (int caption = 0; caption < 2; ++caption) {
      features.image_of_caption.push_back(i);
      features.captions.push_back(std::string(kHostile) + std::to_string(i));
    }
    features.splits.push_back(i % 5 < 3 || (no_dev && i % 5 == 3) ? Split::kTrain
                              : i % 5 == 3                        ? Split::kDev
                                                                  : Split::kTest);
  }
  import_features(features, folder / "features");
  make_closed_form_run(folder / "features", folder / "model",
                       {.grid = {.regularisations = {1}, .powers = {0.5}, .width = 6}, .no_dev = no_dev});
  return Model::open(folder / "model");
}

const std::vector<std::string> kSections = {"results", "protocol", "training", "space", "pairs",
                                            "slices",  "hubs",     "audit",    "data"};

}  // namespace

TEST_CASE("a report holds every section, escapes captions, and says why there are no curves" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const Model model = pictured_model(folder, 60, false);
  const Json told = write_model_report(model, folder / "report.html", {.data_terms = "For <tests> only."});
  CHECK((told.at("sections").get<std::vector<std::string>>() == kSections));
  CHECK(told.at("unreadable_thumbnails") == 0);
  CHECK(told.at("epochs") == 0);
  CHECK(told.at("corrected") == false);
  CHECK(told.at("results").at("text_to_image").at("r1").get<double>() > 40);
  const std::string page = read_file(folder / "report.html");
  CHECK(told.at("bytes") == page.size());
  for (const std::string& id : kSections)
    CHECK_MESSAGE(page.find("<section id=\"" + id + "\"") != std::string::npos, id);
  CHECK(page.find("a &lt;script&gt;dog&lt;/script&gt; &amp; &quot;co&quot;") != std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("solved for in closed form") != std::string::npos);
  CHECK(page.find("For &lt;tests&gt; only.") != std::string::npos);
  CHECK(page.find("Not cross-fitted") != std::string::npos);
  CHECK(page.find("12 pictures: these numbers say little.") != std::string::npos);
  CHECK(page.find("count as misses") != std::string::npos);
}

TEST_CASE("a report says that pictures are missing, and how many" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const Model model = pictured_model(folder, 60, true);
  for (std::int64_t i = 4; i < 60; i += 5)
    std::filesystem::remove(folder / ("pictures/picture" + std::to_string(i) + ".jpg"));
  const Json told = write_model_report(model, folder / "report.html");
  CHECK(told.at("missing_files") == 12);
  CHECK(told.at("unreadable_thumbnails") == told.at("thumbnails"));
  const std::string page = read_file(folder / "report.html");
  CHECK(page.find("the files of 12 of 12 measured pictures are gone") != std::string::npos);
  CHECK(page.find("without dev") != std::string::npos);
}

TEST_CASE("a report on paper, of imported features, and on pictures that were trained on" *
          doctest::test_suite("slow")) {
  const ScratchFolder folder;
  tests::import_toy_store(folder / "features");
  make_closed_form_run(folder / "features", folder / "model",
                       {.grid = {.regularisations = {1}, .powers = {0.5}, .width = 6}, .no_dev = true});
  const Model model = Model::open(folder / "model");
  const Json told = write_model_report(model, folder / "report.pdf", {.split = "train"});
  CHECK(told.at("pages").get<int>() > 2);
  CHECK(told.at("audit").is_null());
  CHECK(read_file(folder / "report.pdf").starts_with("%PDF-"));
  write_model_report(model, folder / "report.html", {.split = "train"});
  const std::string page = read_file(folder / "report.html");
  CHECK(page.find("trained on pictures of this split") != std::string::npos);
  CHECK(page.find("which takes minutes") != std::string::npos);
  CHECK(page.find("imported without pictures") != std::string::npos);
}

TEST_CASE("names that no report has are refused before anything is measured") {
  CHECK_THROWS_WITH_AS(check_report_path("report.txt"),
                       "report.txt: expected a report's name to end in .html or .pdf, found .txt", FileError);
  CHECK_THROWS_AS(check_report_path("report"), FileError);
}

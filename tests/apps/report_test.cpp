#include <doctest/doctest.h>

#include "apps/feature_arrays.h"
#include "apps/program.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("a report of a trained and corrected model has curves, and both results" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string features = import_arrays(folder, feature_arrays(150));
  const std::string run = folder / "run";
  successful({"train", features, "--out", run, "--head", "linear", "--width", "8", "--epochs", "12", "--batch-size",
              "36", "--json"});
  successful({"correct", run, "--method", "nnn", "--bank", "50", "--json"});
  const std::vector<std::string> command = {"report", run, "--map-pairs", "20", "--pairs", "3", "--json", "--out"};
  const auto reported = [&](const std::string& file) {
    std::vector<std::string> words = command;
    words.push_back(folder / file);
    return Json::parse(successful(words));
  };
  const Json told = reported("report.html");
  CHECK(told.at("epochs") == 12);
  CHECK(told.at("maps").at("pairs") == 20);
  const std::string page = read_file(folder / "report.html");
  CHECK(page.find("Training loss") != std::string::npos);
  CHECK(page.find("20 of 30 pictures, drawn at random with seed 0") != std::string::npos);
  if (told.at("corrected").get<bool>()) {  // Dev decides whether the model uses it.
    CHECK(page.find("Without the correction, by cosine similarity alone") != std::string::npos);
    CHECK(told.at("results").at("text_to_image").at("r1") ==
          told.at("eval").at("corrected").at("text_to_image").at("r1"));
  } else {
    CHECK(told.at("results").at("text_to_image").at("r1") == told.at("eval").at("text_to_image").at("r1"));
  }
  reported("again.html");
  CHECK(read_file(folder / "again.html") == page);
  CHECK(reported("report.pdf").at("pages").get<int>() > 2);
}

TEST_CASE("a report refuses other names, folders that are no models, and splits that are not there") {
  const ScratchFolder folder;
  refused({"report", folder / "run", "--out", folder / "report.txt"}, {"report.txt", "end in .html or .pdf", ".txt"});
  refused({"report", folder / "run", "--out", folder / "report.html"}, {"run"});
  CHECK(std::filesystem::is_empty(folder.path()));
}

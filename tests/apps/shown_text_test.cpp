#include <ATen/ops/arange.h>
#include <doctest/doctest.h>

#include "apps/feature_arrays.h"
#include "apps/program.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Retitles the window, moves the cursor, writes from right to left and begins a line of its own.
const std::string kHostile = "\x1b]0;owned\x07 \u009b2J \u202egnp.exe \u2028";

void check_nothing_raw(const std::string& text) {
  for (const char* raw : {"\x1b", "\x07", "\x08", "\x7f", "\u009b", "\u202e", "\u2028"})
    CHECK_MESSAGE(text.find(raw) == std::string::npos, "raw: ", Json(raw).dump(-1, ' ', true), " in: ", text);
}

/// What a command shows, on standard output and standard error.
std::string shown_by(const std::vector<std::string>& words) {
  const Outcome outcome = tandem_program(words);
  CHECK_MESSAGE(outcome.code == 0, outcome.err);
  check_nothing_raw(outcome.out);
  check_nothing_raw(outcome.err);
  return outcome.out;
}

/// Features with names and captions that would steer a terminal, and a run of them.
std::string hostile_run(const ScratchFolder& folder) {
  const FeatureArrays arrays = feature_arrays(60);
  import_arrays(folder, arrays, "plain");
  std::string ids, captions;
  for (int i = 0; i < 60; ++i) ids += "p" + std::to_string(i) + kHostile + ".jpg\n";
  for (int j = 0; j < 120; ++j)
    captions += "caption " + std::to_string(j) + kHostile + (j == 8 ? std::string(3000, 'x') : "") + " end\n";
  write_file(folder / "ids.txt", ids);
  write_file(folder / "captions.txt", captions);
  successful({"import", "--image", folder / "plain-image.npy", "--text", folder / "plain-text.npy",
              "--image-of-caption", folder / "plain-pairs.npy", "--split", folder / "plain-split.txt", "--ids",
              folder / "ids.txt", "--captions", folder / "captions.txt", "--out", folder / "features"});
  successful({"cca", folder / "features", "--out", folder / "run"});
  return folder / "run";
}

}  // namespace

TEST_CASE("what others named cannot steer the terminal that shows it" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = hostile_run(folder);
  const std::string id = "p4" + kHostile + ".jpg";
  const std::string found = shown_by({"search", run, "--id", id, "--split", "test", "-k", "5"});
  CHECK(found.find("\\x1B]0;owned\\x07 \\u009B2J \\u202Egnp.exe \\u2028") != std::string::npos);
  CHECK(found.find("more characters)") != std::string::npos);  // caption 8 is of picture 4
  shown_by({"eval", run, "--slices"});
  const Outcome none = tandem_program({"search", run, "--id", "not " + kHostile});
  CHECK(none.code == 2);
  check_nothing_raw(none.err);
}

TEST_CASE("JSON says exactly what is there" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = hostile_run(folder);
  const std::string id = "p4" + kHostile + ".jpg";
  const Json found = Json::parse(successful({"search", run, "--id", id, "--split", "test", "-k", "24", "--json"}));
  bool whole = false;
  for (const Json& hit : found["results"])
    whole = whole || hit["caption"] == "caption 8" + kHostile + std::string(3000, 'x') + " end";
  CHECK(whole);
  CHECK(found["results"][0]["id"].get<std::string>().find(kHostile) != std::string::npos);
}

TEST_CASE("the names of pictures in a report are shown and not obeyed") {
  const ScratchFolder folder;
  std::string csv = "image,caption,split\n";
  for (int i = 0; i < 12; ++i) {
    const RgbImage image{
        .height = 16, .width = 16, .pixels = std::vector<std::uint8_t>(768, static_cast<std::uint8_t>(20 * i))};
    const std::string name = "p" + std::to_string(i) + kHostile + ".jpg";
    write_file(folder / name, i == 3 ? "no picture" : encode_jpeg(image, 90));
    csv += name + ",a grey picture \u009b2J number " + std::to_string(i) + ",train\n";
  }
  write_file(folder / "captions.csv", csv);
  const std::string report = shown_by({"data", "csv:" + (folder / "captions.csv").string()});
  CHECK(report.find("\\x1B]0;owned\\x07") != std::string::npos);
}

TEST_CASE("a query that is not UTF-8 is refused" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  const std::string run = hostile_run(folder);
  refused({"search", run, "caf\xe9"}, {"search: the words must be UTF-8", "caf\\xE9"});
}

TEST_CASE("an error's sentence is one short line whatever the file holds" * doctest::test_suite("slow")) {
  const ScratchFolder folder;
  make_folder(folder / "encoder");
  write_file(folder / "encoder" / "config.json",
             "{\"model_type\": " + Json(kHostile + std::string(50000000, 'x')).dump() + "}");
  const Outcome outcome = tandem_program({"encode", "--data", "csv:" + (folder / "none.csv").string(), "--text-encoder",
                                          folder / "encoder", "--out", folder / "out"});
  CHECK(outcome.code == 2);
  CHECK(outcome.err.size() < 10000);
  check_nothing_raw(outcome.err);
  write_file(folder / "captions.csv", kHostile + std::string(20000000, 'c') + ",b\n1,2\n");
  const Outcome table = tandem_program({"data", "csv:" + (folder / "captions.csv").string()});
  CHECK(table.code == 2);
  CHECK(table.err.size() < 10000);
  check_nothing_raw(table.err);
}

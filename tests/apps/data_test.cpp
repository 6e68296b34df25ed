#include <doctest/doctest.h>

#include "apps/program.h"
#include "curation/drawn_photo.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

Json finding(const Json& report, const std::string& kind) {
  for (const Json& one : report.at("findings")) {
    if (one.at("kind") == kind) return one;
  }
  FAIL("no finding ", kind);
  return {};
}

}  // namespace

TEST_CASE("on Flickr8k the doctor finds what is known to be wrong with it" * doctest::test_suite("data")) {
  const std::filesystem::path flickr = shared_dir() / "data" / "flickr8k";
  TANDEM_SKIP_WITHOUT(flickr);
  const Json report = Json::parse(successful({"data", "flickr8k:" + flickr.string(), "--json"}));
  CHECK(report.at("splits").at("train").at("pictures") == 6000);
  CHECK(report.at("splits").at("none").at("pictures") == 91);
  CHECK(finding(report, "no_split").at("count") == 91);
  CHECK(finding(report, "no_split").at("names").size() == 91);
  CHECK(finding(report, "short_captions").at("count") == 17);
  CHECK(finding(report, "short_captions").at("names").size() == 17);
  CHECK(finding(report, "left_out").at("names") == Json{"Flickr8k.token.txt: line 6731 2258277193_586949ec62.jpg.1"});
  CHECK(finding(report, "exact_duplicates").at("count") == 1);
  for (const Json& group : report.at("pictures").at("duplicates")) {
    if (!group.at("exact")) continue;
    REQUIRE(group.at("pictures").size() == 2);
    for (const Json& picture : group.at("pictures")) CHECK(picture.at("split") == "train");
  }
  CHECK(report.at("pictures").at("unreadable").empty());
}

TEST_CASE(
    "a drawing beyond its budget is an unreadable picture among readable ones and nothing reaches standard error" *
    doctest::test_suite("slow")) {
  const ScratchFolder data;
  const std::string begin =
      "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='64' height='64'>";
  std::string csv = "image,caption,split\n";
  for (const std::string colour : {"red", "green", "blue"}) {
    write_file(data / (colour + ".svg"), begin + "<rect width='40' height='50' fill='" + colour +
                                             "'/><text x='3' y='60'>" + colour + "</text></svg>");
    csv += colour + ".svg,a rectangle,train\n";
  }
  // The head of a PNG that claims 30,000 x 30,000.
  write_file(data / "bomb.svg",
             begin +
                 "<image width='64' height='64' "
                 "xlink:href='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAdTAAAHUwCAIAAAA='/></svg>");
  write_file(data / "captions.csv", csv + "bomb.svg,a bomb,train\n");
  const Outcome outcome = tandem_program({"data", data / "captions.csv", "--json"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("WARNING") == std::string::npos);
  const Json unreadable = Json::parse(outcome.out).at("pictures").at("unreadable");
  REQUIRE(unreadable.size() == 1);
  CHECK(unreadable.dump().find("ones that claim 900000000") != std::string::npos);
}

TEST_CASE("the doctor reports and writes a page and fails under strict only if something is wrong" *
          doctest::test_suite("slow")) {
  const ScratchFolder data;
  const std::string splits[] = {"train", "dev", "test"};
  std::string csv = "image,caption,split\n";
  for (unsigned i = 0; i < 12; ++i) {
    const std::string name = "p" + std::to_string(i) + ".jpg";
    write_file(data / name, encode_jpeg(drawn_photo(i), 90));
    csv += name + ",picture number " + std::to_string(i) + "," + splits[i % 3] + "\n";
  }
  write_file(data / "captions.csv", csv);
  const std::string spec = "csv:" + (data / "captions.csv").string();
  const std::string sound = successful({"data", spec, "--strict"});
  CHECK(sound.find("0 errors, 0 warnings") != std::string::npos);
  CHECK(sound.find("128 x 96") != std::string::npos);

  write_file(data / "copy.jpg", encode_jpeg(drawn_photo(0), 50));
  write_file(data / "broken.jpg", "nothing");
  write_file(data / "captions.csv", csv + "copy.jpg,the copy of zero,test\nbroken.jpg,a broken picture,train\n");
  const std::string page = data / "page.html";
  const Outcome strict = tandem_program({"data", spec, "--strict", "--html", page});
  CHECK(strict.code == 1);
  CHECK(strict.err.find("--strict allows no errors and no warnings, found 2 and 1: ") != std::string::npos);
  CHECK(strict.err.ends_with("groups of nearly identical pictures: 1\n"));
  CHECK(strict.out.find("p0.jpg (train) = copy.jpg (test)") != std::string::npos);
  CHECK(strict.out.find("broken.jpg") != std::string::npos);
  CHECK(read_file(page).find("data:image/jpeg;base64,") != std::string::npos);
  successful({"data", spec});
  CHECK(successful({"data", spec, "--no-pixels", "--strict"}).find("not looked at") != std::string::npos);
  refused({"data", spec, "--html", data / "page.txt"}, {"expected a page's name to end in .html"});
  refused({"data", "csv:" + (data / "none.csv").string()}, {"none.csv"});
}

TEST_CASE("encode puts copies on one side and does not look again once it is done" * doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  const ScratchFolder data, out;
  std::string csv = "image,caption\n";
  for (unsigned i = 0; i < 12; ++i) {
    for (const int quality : {90, 50}) {
      const std::string name = "p" + std::to_string(i) + "-" + std::to_string(quality) + ".jpg";
      write_file(data / name, encode_jpeg(drawn_photo(i), quality));
      csv += name + ",picture number " + std::to_string(i) + "\n";
    }
  }
  write_file(data / "captions.csv", csv);
  const std::string features = out / "features";
  const std::vector<std::string> encode = {"encode",
                                           "--data",
                                           "csv:" + (data / "captions.csv").string(),
                                           "--out",
                                           features,
                                           "--image-encoder",
                                           models_dir() / "efficientnet-lite0",
                                           "--text-encoder",
                                           models_dir() / "all-MiniLM-L6-v2"};
  successful(encode);
  const Json first = Json::parse(read_file(std::filesystem::path(features) / "manifest.json"));
  const std::string before = read_file(std::filesystem::path(features) / "manifest.json");
  CHECK(before.find("duplicates are on one side") != std::string::npos);
  const Json& sides = first.at("images").at("split");
  REQUIRE(sides.size() == 24);
  for (std::size_t i = 0; i < sides.size(); i += 2) CHECK(sides[i] == sides[i + 1]);
  successful(encode);
  CHECK(read_file(std::filesystem::path(features) / "manifest.json") == before);
}

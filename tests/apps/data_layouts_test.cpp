#include <doctest/doctest.h>
#include <unistd.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// What the doctor says was left out, as one text.
std::string left_out(const std::string& spec) {
  std::string text;
  const Json report = Json::parse(successful({"data", spec, "--json"}));
  for (const Json& finding : report.at("findings")) {
    if (finding.at("kind") == "left_out")
      text += finding.at("what").get<std::string>() + ": " + finding.at("names").dump() + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("pictures encode to the same bits from files and from the shards they were written to" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  const ScratchFolder data, out;
  const std::string csv = "csv:" + write_shapes(data).string();
  const std::string shards = (out / "shards" / "{0..2}.tar").string();
  const Json written = Json::parse(successful(
      {"data", csv, "--to", "webdataset:" + (out / "shards" / "{0..}.tar").string(), "--shard-size", "50", "--json"}));
  CHECK(written.at("pictures") == 120);
  CHECK(written.at("captions") == 240);
  CHECK(written.at("files") == 3);
  CHECK(written.at("left_out").empty());
  for (const auto& [spec, name] : {std::pair{csv, "files"}, std::pair{"webdataset:" + shards, "tar"},
                                   std::pair{(out / "shards").string(), "folder"}}) {
    successful({"encode", "--data", spec, "--out", out / name, "--image-encoder", models_dir() / "efficientnet-lite0",
                "--text-encoder", models_dir() / "all-MiniLM-L6-v2"});
    successful({"export", out / name, "--out", out / (std::string(name) + "-arrays")});
    for (const char* array :
         {"image.npy", "text.npy", "image_of_caption.npy", "ids.json", "captions.jsonl", "split.txt"}) {
      CAPTURE(array);
      CHECK(read_file(out / (std::string(name) + "-arrays") / array) == read_file(out / "files-arrays" / array));
    }
  }
  successful({"train", out / "tar", "--out", out / "run", "--epochs", "1", "--hidden", "16", "--width", "16"});
  successful({"examples", out / "run", "--out", out / "examples.html"});
  CHECK(read_file(out / "examples.html").find("data:image/jpeg;base64,") != std::string::npos);
}

TEST_CASE("data that were never meant well are reported line by line and refused under strict" *
          doctest::test_suite("slow")) {
  const ScratchFolder data;
  write_shapes(data);
  const std::string head =
      "image,caption,split\nshape100.jpg,a shape,train\nshape101.jpg,a shape of its "
      "own,dev\nshape102.jpg,another,test\n";
  const auto spec = [&](const std::string& rows) {
    write_file(data / "odd.csv", head + rows);
    return "csv:" + (data / "odd.csv").string();
  };
  CHECK(left_out(spec("../../etc/passwd,a secret,train\n")).find("outside the folder") != std::string::npos);
  CHECK(left_out(spec("shape103.jpg,caf\xE9,train\n")).find("not UTF-8") != std::string::npos);
  CHECK(left_out(spec("shape103.jpg,too,many,fields\n")).find("line 5") != std::string::npos);
  CHECK(left_out(spec("gone.jpg,gone,train\n")).find("gone.jpg") != std::string::npos);
  CHECK(left_out(spec("shape104.jpg,\"two\nlines, \"\"quoted\"\"\",train\n")).empty());
  refused({"data", spec("shape100.jpg,a shape,test\n")}, {"one split for \"shape100.jpg\"", "line 5"});
  refused({"data", spec("shape103.jpg,\"never closed,train\n")}, {"odd.csv", "line 5"});
  refused({"encode", "--strict", "--data", spec("../../etc/passwd,a secret,train\n"), "--out", data / "f"},
          {"--strict", "outside the folder", "line 5"});
  CHECK(tandem_program({"data", spec("gone.jpg,gone,train\n"), "--strict"}).code == 1);

  make_folder(data / "loop" / "inner");
  REQUIRE(::symlink("..", (data / "loop" / "inner" / "again").c_str()) == 0);
  std::filesystem::copy_file(data / "shape100.jpg", data / "loop" / "inner" / "a.jpg");
  write_file(data / "loop" / "inner" / "a.txt", "a shape\n");
  const Json loop = Json::parse(successful({"data", "folder:" + (data / "loop").string(), "--json"}));
  std::int64_t pictures = 0;
  for (const auto& [split, counts] : loop.at("splits").items()) pictures += counts.at("pictures").get<std::int64_t>();
  CHECK(pictures == 1);
}

TEST_CASE("a target that is none is refused and nothing is made" * doctest::test_suite("slow")) {
  const ScratchFolder data, out;
  const std::string csv = "csv:" + write_shapes(data).string();
  for (const char* to : {"webdataset:x.tar", "webdataset:{00..03}.tar", "parquet:x", "csv:", "x"}) {
    CAPTURE(to);
    refused({"data", csv, "--to", to}, {"--to", "{0000..}.tar"});
  }
  refused({"data", csv, "--to", "csv:/proc/none/x.csv"}, {"/proc/none"});
  write_file(out / "x.csv", "mine");
  refused({"data", csv, "--to", "csv:" + (out / "x.csv").string()}, {"nothing of that name yet", "--replace"});
  CHECK(read_file(out / "x.csv") == "mine");
}

TEST_CASE("columns and delimiters of a table are named on the command line and go with tables alone" *
          doctest::test_suite("slow")) {
  const ScratchFolder data;
  write_shapes(data);
  write_file(data / "odd.csv", "photo;words\nshape100.jpg;a shape, red\nshape101.jpg;another\n");
  const std::string odd = "csv:" + (data / "odd.csv").string();
  refused({"data", odd}, {"odd.csv: expected a column \"image\"", "--image-column, found", "\"photo\", \"words\""});
  const std::vector<std::string> named = {"data", odd, "--image-column", "photo", "--caption-column", "2", "--json"};
  CHECK(Json::parse(successful(named)).at("name") == "csv");
  refused({"data", "folder:" + data.path().string(), "--image-column", "photo"},
          {"--image-column goes with tables", "folder:"});
  refused({"data", odd, "--delimiter", "x"}, {"--delimiter is comma, semicolon, tab, bar or one character"});
}

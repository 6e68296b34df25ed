#include <doctest/doctest.h>

#include <fstream>

#include "figures/page_data.h"
#include "model/trained_shapes.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

/// What the program answers to this standard input.
Outcome answered(const std::string& input, Words words) {
  const ScratchFolder folder;
  write_file(folder / "input", input);
  std::string script = "exec \"$0\" \"$@\" < '" + (folder / "input").string() + "'";
  std::string command = "bash -c '";
  for (const char c : script) command += c == '\'' ? std::string("'\\''") : std::string(1, c);
  command += "' " + program_path();
  for (const std::string& word : words) command += " '" + word + "'";
  command += " >" + (folder / "out").string() + " 2>" + (folder / "err").string();
  const int status = std::system(command.c_str());
  return {.code = WEXITSTATUS(status), .out = read_file(folder / "out"), .err = read_file(folder / "err")};
}

std::vector<Json> lines_of(const std::string& text) {
  std::vector<Json> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(Json::parse(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

/// A folder with some of the shapes and no captions.
std::string photos_of(const TrainedShapes& shapes) {
  make_folder(shapes / "photos");
  for (const auto& file : shapes.files()) write_file(shapes / "photos" / file.filename(), read_file(file));
  return "pictures:" + (shapes / "photos").string();
}

}  // namespace

TEST_CASE("search finds what is asked for: pictures or captions, by words, a picture or an id" *
          doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run();
  const auto found = [&](Words words) {
    words.insert(words.begin(), {"search", run});
    words.emplace_back("--json");
    return Json::parse(successful(words)).at("results");
  };
  CHECK(found({"a red ball", "-k", "3"})[0].at("captions").size() == 2);
  CHECK(found({"a red ball", "--for", "captions", "-k", "3"})[0].at("caption").is_string());
  const std::string picture = shapes / "shape103.jpg";
  CHECK(found({"--image", picture, "-k", "2"})[0].at("caption").is_string());
  const Json similar = found({"--image", picture, "--for", "pictures", "-k", "2"});
  CHECK(similar[0].at("id") == "shape103.jpg");
  CHECK(similar[0].at("similarity").get<double>() == doctest::Approx(1).epsilon(1e-3));
  const Json others = found({"--id", "shape103.jpg", "--for", "pictures", "-k", "2"});
  CHECK(others[0].at("id") == similar[1].at("id"));
  CHECK(found({"--id", "shape103.jpg", "--for", "pictures", "-k", "1000"}).size() == 119);
  refused({"search", run, "--image", picture, "--for", "pictures", "--correction", "nnn"},
          {"--correction goes with a search between words and pictures, got --for pictures"});
  CHECK(tandem_program({"search", run, "dog", "--for", "classes"}).code == 2);
}

TEST_CASE("a folder of pictures without captions is searched as it is" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run(), photos = photos_of(shapes);
  const Words search = {"search", run, "a red ball", "--data", photos, "--json"};
  const Json found = Json::parse(successful(search));
  REQUIRE(found.at("results").size() == 4);
  CHECK(found.at("results")[0].at("captions").empty());
  CHECK(std::filesystem::exists(shapes.run() / "galleries"));
  CHECK(Json::parse(successful(search)) == found);
  CHECK(successful({"search", run, "a red ball", "--data", photos}).find("shape103.jpg\n") != std::string::npos);
  CHECK(
      Json::parse(successful({"search", run, "--id", "shape103.jpg", "--for", "pictures", "--data", photos, "--json"}))
          .at("results")
          .size() == 3);
  refused({"search", run, "dog", "--data", "pictures:" + (shapes / "none").string()}, {"no such folder"});
  make_folder(shapes / "empty");
  refused({"search", run, "dog", "--data", "pictures:" + (shapes / "empty").string()},
          {"expected pictures, found none"});
  refused({"search", run, "--image", shapes / "shape103.jpg", "--data", photos},
          {"captions to search in", "pictures alone"});
  refused({"search", run, "dog", "--data", photos, "--split", "test"}, {"--split goes with --features"});
  refused({"search", run, "--id", "gone.jpg", "--for", "pictures", "--data", photos}, {"gone.jpg", "none"});
}

TEST_CASE("a store of pictures without captions is for search and embedding alone" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::filesystem::path encoders = reference_dir() / "encoders";
  const std::string photos = photos_of(shapes), store = shapes / "gallery";
  successful({"encode", "--data", photos, "--image-encoder", encoders / "tiny_resnet_basic", "--text-encoder",
              encoders / "tiny_bert", "--text-pooling", "mean", "--out", store, "--json"});
  const Json found = Json::parse(successful({"search", shapes.run(), "a red ball", "--features", store, "--json"}));
  CHECK(found.at("results").size() == 4);
  CHECK(Json::parse(successful({"search", shapes.run(), "a red ball", "--data", photos, "--json"}))
            .at("results")[0]
            .at("id") == found.at("results")[0].at("id"));
  successful({"embed", shapes.run(), "--features", store, "--out", shapes / "gallery.npy"});
  const std::vector<std::string> alone = {"pictures with captions", "pictures alone"};
  refused({"train", store, "--out", shapes / "other"}, alone);
  refused({"cca", store, "--out", shapes / "other"}, alone);
  refused({"eval", shapes.run(), "--features", store, "--split", "all"}, alone);
  refused({"audit", shapes.run(), "--features", store, "--split", "all", "--csv", shapes / "a.csv"}, alone);
  const std::string map = successful({"map", shapes.run(), "--features", store, "--out", shapes / "a.html"});
  CHECK(map.find("a.html: 4 pictures; t-SNE of pictures") != std::string::npos);
  const Json of_data = Json::parse(
      successful({"map", shapes.run(), "--data", photos, "--method", "pca", "--out", shapes / "b.svg", "--json"}));
  CHECK(of_data.at("images") == 4);
  CHECK(of_data.at("captions") == 0);
  CHECK(of_data.at("modality_gap").is_null());
  refused({"scan", "--data", photos, "--image-encoder", encoders / "tiny_resnet_basic", "--text-encoder",
           encoders / "tiny_bert", "--split", "all"},
          alone);
  refused({"data", photos, "--to", "csv:" + (shapes / "copy.csv").string()}, alone);
  CHECK(successful({"data", photos}).find("4 ") != std::string::npos);
  successful({"data", photos, "--html", shapes / "data.html"});
}

TEST_CASE("queries from standard input are answered line by line as if asked alone" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run();
  const Outcome outcome = answered("a red ball\n\n  blue \r\na dog", {"search", run, "-", "-k", "4", "--json"});
  CHECK(outcome.code == 0);
  const std::vector<Json> lines = lines_of(outcome.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1].at("query") == "blue");
  CHECK(lines[1].at("line") == 3);
  for (Json line : lines) {
    const Json alone =
        Json::parse(successful({"search", run, line.at("query").get<std::string>(), "-k", "4", "--json"}));
    line.erase("line");
    CHECK(line == alone);
  }
  const Outcome shown = answered("a red ball\nblue\n", {"search", run, "-", "-k", "1"});
  CHECK(shown.out.starts_with("\"a red ball\"\n  1  "));
  CHECK(answered("shape103.jpg\n", {"search", run, "--id", "-", "-k", "1"}).code == 0);
  const Outcome bad = answered("a red ball\ncaf\xE9\n", {"search", run, "-", "--json"});
  CHECK(bad.code == 2);
  CHECK(lines_of(bad.out).size() == 1);
  CHECK(bad.err == "tandem: standard input: expected queries in UTF-8, found other bytes in line 2\n");
}

TEST_CASE("the page of a search shows every query with its pictures" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run();
  const std::filesystem::path page = shapes / "found.html";
  CHECK(successful({"search", run, "a red ball", "-k", "5", "--html", page}).find("found.html: the page") !=
        std::string::npos);
  const nlohmann::json one = page_data(read_file(page));
  REQUIRE(one.at("queries").size() == 1);
  CHECK(one.at("queries")[0].at("words") == "a red ball");
  CHECK(one.at("queries")[0].at("hits").size() == 5);
  for (const auto& picture : one.at("pictures"))
    CHECK(picture.at("src").get<std::string>().starts_with("data:image/jpeg;base64,"));
  CHECK(answered("a red ball\nblue\n", {"search", run, "-", "-k", "3", "--html", page, "--json"}).code == 0);
  CHECK(page_data(read_file(page)).at("queries").size() == 2);
  successful({"search", run, "--image", shapes / "shape103.jpg", "-k", "3", "--html", page});
  const nlohmann::json by_picture = page_data(read_file(page));
  CHECK(by_picture.at("queries")[0].at("picture").get<int>() == 0);
  CHECK(by_picture.at("queries")[0].at("findsCaptions") == true);
  refused({"search", run, "dog", "--html", shapes / "found.txt"}, {"found.txt", ".html"});
  refused({"search", run, "dog", "--html", shapes / "none" / "found.html"}, {"a folder that exists"});
}

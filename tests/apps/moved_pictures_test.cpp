#include <doctest/doctest.h>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr const char* kPicture = "data:image/jpeg;base64,";

/// What the command says on standard error; fails unless it exits with 0.
std::string said_by(const std::vector<std::string>& words) {
  const Outcome outcome = tandem_program(words);
  CHECK_MESSAGE(outcome.code == 0, "exit code ", outcome.code, ": ", outcome.err);
  return outcome.err;
}

bool shows_pictures(const std::filesystem::path& page) { return read_file(page).find(kPicture) != std::string::npos; }

}  // namespace

TEST_CASE("pictures that moved after encoding are counted and found below a new root" * doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  const ScratchFolder data, out, elsewhere;
  const std::string csv = write_shapes(data).filename().string();
  const auto encode_from = [&](const std::filesystem::path& folder) {
    return successful({"encode", "--data", "csv:" + (folder / csv).string(), "--out", out / "features",
                       "--image-encoder", models_dir() / "efficientnet-lite0", "--text-encoder",
                       models_dir() / "all-MiniLM-L6-v2"});
  };
  encode_from(data.path());
  successful({"cca", out / "features", "--out", out / "run"});
  const std::filesystem::path moved = elsewhere / "moved";
  std::filesystem::rename(data.path(), moved);

  const std::string page = out / "page.html";
  const std::string notice = "pictures are not where they were (first: " + data.path().string();
  const std::vector<std::vector<std::string>> commands = {{"map", out / "run", "--method", "pca", "--out", page},
                                                          {"examples", out / "run", "--out", page},
                                                          {"audit", out / "run", "--out", page}};
  for (std::vector<std::string> words : commands) {
    CAPTURE(words.front());
    const std::string said = said_by(words);
    CHECK(said.find(notice) != std::string::npos);
    CHECK(said.find("--pictures DIR names their new root") != std::string::npos);
    CHECK_FALSE(shows_pictures(page));
    const std::uintmax_t size_without = std::filesystem::file_size(page);
    words.insert(words.end(), {"--pictures", moved});
    CHECK(said_by(words).find("not where they were") == std::string::npos);
    CHECK(std::filesystem::file_size(page) > size_without);
    if (words.front() != "map") CHECK(shows_pictures(page));  // the map's sheets have no URI
    words.back() = out / "run";
    refused(words, {"the pictures' new root, with files such as shape", "found none of 120"});
  }
  CHECK(said_by({"search", out / "run", "a red circle", "-k", "3"}).find("3 of 3 " + notice) != std::string::npos);
  const Json found =
      Json::parse(successful({"search", out / "run", "a red circle", "-k", "3", "--pictures", moved, "--json"}));
  for (const Json& hit : found.at("results")) CHECK(std::filesystem::exists(hit.at("file").get<std::string>()));
  CHECK(said_by({"figures", out / "run", "--out", out / "figures", "--method", "pca"}).find(notice) !=
        std::string::npos);

  CHECK(encode_from(moved).find("all were there already") != std::string::npos);
  CHECK(said_by({"examples", out / "run", "--out", page}).find("not where they were") == std::string::npos);
  CHECK(shows_pictures(page));
}

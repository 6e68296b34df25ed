#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "apps/begun_program.h"
#include "model/trained_shapes.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

using Words = std::vector<std::string>;

std::string many_texts(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i % 3 == 0 ? "a red ball " : "the blue dog ") + std::to_string(i) + "\n";
  return text;
}

}  // namespace

TEST_CASE("embed writes texts and pictures with ids, and tells what it left out" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run();
  write_file(shapes / "texts.txt", "a red ball\n\nblue\n");
  const Json told =
      Json::parse(successful({"embed", run, "--text", shapes / "texts.txt", "--out", shapes / "texts.npy", "--json"}));
  CHECK(told.at("count") == 2);
  CHECK(told.at("blank_lines") == 1);
  CHECK(told.at("width") == 12);
  CHECK(read_file(shapes / "texts.ids.txt") == "1\n3\n");

  const std::filesystem::path photos = shapes / "photos";
  make_folder(photos / "deep");
  write_file(photos / "a.jpg", read_file(shapes / "shape103.jpg"));
  write_file(photos / "deep" / "b.JPG", read_file(shapes / "shape150.jpg"));
  write_file(photos / "torn.png", "no picture");
  const Json pictures =
      Json::parse(successful({"embed", run, "--pictures", photos, "--out", shapes / "photos.jsonl", "--json"}));
  CHECK(pictures.at("count") == 2);
  REQUIRE(pictures.at("skipped").size() == 1);
  CHECK(pictures.at("skipped")[0].at("id") == "torn.png");
  CHECK(read_file(shapes / "photos.jsonl").find("{\"id\":\"deep/b.JPG\",\"embedding\":[") != std::string::npos);
  refused({"embed", run, "--pictures", photos, "--out", shapes / "strict.npy", "--strict"}, {"torn.png", "--strict"});

  write_file(shapes / "list.txt", "photos/deep/b.JPG\nphotos/a.jpg\nphotos/a.jpg\nphotos/gone.jpg\n");
  const Json listed = Json::parse(
      successful({"embed", run, "--pictures", shapes / "list.txt", "--out", shapes / "listed.npy", "--json"}));
  CHECK(listed.at("count") == 2);
  CHECK(listed.at("left_out").size() == 2);  // the second mention and the missing file
  CHECK(read_file(shapes / "listed.ids.txt") == "photos/deep/b.JPG\nphotos/a.jpg\n");
}

TEST_CASE("an embedding that was killed goes on to the same file" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run();
  write_file(shapes / "texts.txt", many_texts(6000));
  const auto embed = [&](const std::filesystem::path& out) {
    return Words{"embed", run, "--text", shapes / "texts.txt", "--out", out, "--threads", "1"};
  };
  successful(embed(shapes / "whole.safetensors"));
  const std::filesystem::path out = shapes / "killed.safetensors";
  for (const char* part : {"part-000000.safetensors", "part-000002.safetensors", "part-000004.safetensors"}) {
    Words all = {program_path()};
    for (const std::string& word : embed(out)) all.push_back(word);
    const pid_t process = begin_command(all);
    int status = 0;
    while (!std::filesystem::exists(shapes / "killed.safetensors.part" / part) &&
           ::waitpid(process, &status, WNOHANG) == 0)
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    ::kill(process, SIGKILL);
    ::waitpid(process, &status, 0);
  }
  if (!std::filesystem::exists(out)) successful(embed(out));
  CHECK(read_file(out) == read_file(shapes / "whole.safetensors"));
  CHECK(!std::filesystem::exists(shapes / "killed.safetensors.part"));
}

TEST_CASE("embed refuses what it cannot do, in one sentence, and writes nothing" * doctest::test_suite("slow")) {
  const TrainedShapes shapes;
  const std::string run = shapes.run(), out = shapes / "out.npy", texts = shapes / "texts.txt";
  write_file(texts, "a dog\ncaf\xE9\n");
  refused({"embed", run, "--out", out}, {"embed: one of --text, --pictures and --features was needed, got none"});
  refused({"embed", run, "--text", texts, "--pictures", shapes / "p", "--out", out}, {"got several"});
  refused({"embed", run, "--text", texts, "--out", out}, {"texts.txt", "UTF-8", "line 2"});
  write_file(texts, "\n  \n");
  refused({"embed", run, "--text", texts, "--out", out}, {"expected texts to embed, found none"});
  write_file(texts, "a dog\n");
  refused({"embed", run, "--text", texts, "--out", shapes / "out.csv"}, {"out.csv", ".npy, .safetensors or .jsonl"});
  refused({"embed", run, "--text", texts, "--out", shapes / "none" / "out.npy"}, {"a folder that exists"});
  refused({"embed", run, "--text", texts, "--out", out, "--dtype", "bfloat16"}, {"bfloat16"});
  refused({"embed", run, "--text", shapes / "gone.txt", "--out", out}, {"gone.txt"});
  refused({"embed", run, "--pictures", shapes / "gone", "--out", out}, {"gone", "no such folder"});
  make_folder(shapes / "empty");
  refused({"embed", run, "--pictures", shapes / "empty", "--out", out}, {"expected pictures, found none"});
  refused({"embed", run, "--text", texts, "--out", out, "--side", "text"}, {"--side goes with --features"});
  refused({"embed", shapes / "features", "--text", texts, "--out", out}, {"expected a run"});
  refused({"export", run, "--out", shapes / "arrays"}, {"found a run; `tandem embed` writes its vectors"});
  CHECK(!std::filesystem::exists(out));
  CHECK(!std::filesystem::exists(out + ".part"));
  successful({"embed", run, "--text", texts, "--out", out});
  refused({"embed", run, "--text", texts, "--out", out}, {"--overwrite replaces it"});
  successful({"embed", run, "--text", texts, "--out", out, "--overwrite"});
}

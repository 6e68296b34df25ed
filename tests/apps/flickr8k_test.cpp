#include <doctest/doctest.h>

#include "apps/program.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("on a part of Flickr8k true pairs are learned and shuffled pairs stay at chance" *
          doctest::test_suite("data")) {
  TANDEM_SKIP_WITHOUT(shared_dir() / "data" / "flickr8k");
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  // 600 train, 100 dev and 100 test pictures in the layout of the whole set.
  const ScratchFolder data, out;
  const std::filesystem::path whole = shared_dir() / "data" / "flickr8k";
  std::filesystem::create_directory_symlink(whole / "Images", data / "Images");
  std::filesystem::create_symlink(whole / "Flickr8k.token.txt", data / "Flickr8k.token.txt");
  std::string chosen;
  for (const auto& [name, count] : {std::pair("train", 600), std::pair("dev", 100), std::pair("test", 100)}) {
    const std::string file = std::string("Flickr_8k.") + name + "Images.txt";
    const std::string list = read_file(whole / file);
    std::size_t end = 0;
    for (int i = 0; i < count; ++i) end = list.find('\n', end) + 1;
    write_file(data / file, list.substr(0, end));
    chosen += list.substr(0, end);
  }
  // Only the chosen pictures' captions, so that nothing else is encoded.
  std::string tokens;
  const std::string all = read_file(whole / "Flickr8k.token.txt");
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = all.find('\n', begin) + 1;
    if (chosen.find(all.substr(begin, all.find('#', begin) - begin) + "\n") != std::string::npos)
      tokens += all.substr(begin, end - begin);
    begin = end;
  }
  std::filesystem::remove(data / "Flickr8k.token.txt");
  write_file(data / "Flickr8k.token.txt", tokens);

  const std::string features = out / "features";
  successful({"encode", "--data", "flickr8k:" + data.path().string(), "--image-encoder",
              models_dir() / "efficientnet-lite0", "--text-encoder", models_dir() / "all-MiniLM-L6-v2", "--out",
              features});
  const auto measure = [&](const std::string& run, const std::vector<std::string>& extra) {
    std::vector<std::string> train = {"train", features,       "--out", out / run, "--epochs",
                                      "6",     "--batch-size", "512",   "--json"};
    train.insert(train.end(), extra.begin(), extra.end());
    successful(train);
    return Json::parse(successful({"eval", out / run, "--json"}));
  };
  const Json learned = measure("run", {});
  const Json control = measure("control", {"--shuffled"});
  CHECK(learned.at("captions") == 500);
  for (const char* way : {"image_to_text", "text_to_image"}) {
    CHECK(learned.at(way).at("r10").get<double>() > 50);  // Chance is 10.
    CHECK(control.at(way).at("r10").get<double>() < 20);
    CHECK(control.at(way).at("mean_rank").get<double>() >
          0.75 * control.at("chance").at(way).at("mean_rank").get<double>());
  }
}

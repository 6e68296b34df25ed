#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "apps/program.h"
#include "apps/shapes_data.h"
#include "fetching/hub/tiny_hub.h"
#include "tandem/fetching/hub/hub_cache.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

constexpr const char* kModel = "hf:tiny/model";

/// Lets the program, which inherits the environment, use this hub and its cache.
void use(const TinyHub& hub) {
  ::setenv("HF_ENDPOINT", hub.hub.address().c_str(), 1);
  ::setenv("HF_HUB_CACHE", (hub.folder / "hub").c_str(), 1);
  ::setenv("HF_HOME", hub.folder.path().c_str(), 1);
  ::setenv("HF_TOKEN", kToken, 1);
  ::setenv("HF_HUB_DOWNLOAD_TIMEOUT", "3", 1);
  ::unsetenv("HF_HUB_OFFLINE");
}

/// Starts `tandem fetch` and kills it once `enough` says so.
void fetch_until(const std::function<bool()>& enough) {
  std::string program = program_path();
  std::string command = "fetch";
  std::string model = kModel;
  char* words[] = {program.data(), command.data(), model.data(), nullptr};
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, program.c_str(), nullptr, nullptr, words, environ) == 0);
  for (int tick = 0; tick < 2000 && !enough(); ++tick) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  CHECK(enough());
}

}  // namespace

TEST_CASE("fetch prints the folder and the second time asks nothing" * doctest::test_suite("slow")) {
  TinyHub hub;
  use(hub);
  CHECK(successful({"fetch", kModel}) == hub.snapshot().string() + "\n");
  hub.hub.forget();
  const Json again = Json::parse(successful({"fetch", kModel, "--json"}));
  CHECK(again["models"][0]["folder"] == hub.snapshot().string());
  CHECK(again["models"][0]["commit"] == kCommit);
  CHECK(again["models"][0]["fetched_bytes"] == 0);
  CHECK(hub.hub.requests().empty());
}

TEST_CASE("a fetch killed in the middle goes on where it was and its half is never taken for whole" *
          doctest::test_suite("slow")) {
  TinyHub hub;
  use(hub);
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) {
    answer.cut_after = 100000;
    answer.stall = true;
  };
  fetch_until([&] {
    return std::filesystem::exists(hub.weights_part()) && std::filesystem::file_size(hub.weights_part()) == 100000;
  });
  CHECK(!std::filesystem::exists(hub.weights_blob()));
  CHECK(!std::filesystem::exists(hub.snapshot()));
  ::setenv("HF_HUB_OFFLINE", "1", 1);
  refused({"fetch", kModel}, {"HF_HUB_OFFLINE"});
  ::unsetenv("HF_HUB_OFFLINE");
  hub.change_store = nullptr;
  hub.store.forget();
  CHECK(successful({"fetch", kModel}) == hub.snapshot().string() + "\n");
  CHECK(hub.store.body_bytes() == 200000);
  CHECK(read_file(hub.snapshot() / "model.safetensors") == hub.files.at("model.safetensors"));
}

TEST_CASE("a fetch that is refused is one sentence without the token" * doctest::test_suite("slow")) {
  TinyHub hub;
  use(hub);
  refused({"fetch", "tiny/model"}, {"tiny/model", "hf:ORG/NAME"});
  refused({"fetch", kModel, "hf:../x"}, {"hf:../x"});
  CHECK(hub.hub.requests().empty());
  refused({"fetch", "hf:tiny/other"}, {"hf:tiny/other", "HTTP 404"});
  hub.change_hub = [](const ServerRequest&, ServerAnswer& answer) { answer = {.status = 403}; };
  const Outcome outcome = tandem_program({"fetch", kModel});
  CHECK(outcome.code == 2);
  CHECK((outcome.out + outcome.err).find(kToken) == std::string::npos);
}

TEST_CASE("an encoder of the hub that is not in the cache is refused with the command that gets it" *
          doctest::test_suite("slow")) {
  TinyHub hub;
  use(hub);
  const ScratchFolder data;
  const std::string csv = "csv:" + write_shapes(data).string();
  refused({"encode", "--data", csv, "--image-encoder", "hf:tiny/model@v2", "--out", data / "f"},
          {"hf:tiny/model@v2", "`tandem fetch hf:tiny/model@v2` gets it"});
  CHECK(hub.hub.requests().empty());
}

TEST_CASE("encoders lists the cache and says why it cannot use what it cannot" * doctest::test_suite("slow")) {
  TinyHub hub;
  use(hub);
  successful({"fetch", kModel});
  const std::filesystem::path odd = hub.folder / "hub/models--org--odd/snapshots" / std::string(40, 'd');
  make_folder(odd);
  write_file(odd / "config.json", R"({"model_type": "perceptron", "hidden_size": 7})");
  const Json encoders = Json::parse(successful({"encoders", "--json"}))["encoders"];
  int found = 0;
  for (const Json& encoder : encoders) {
    if (encoder["name"] == kModel) {
      ++found;
      CHECK(encoder["family"] == "bert");
      CHECK(encoder["usable"] == false);  // Its weights are noise, which the header shows.
      CHECK(encoder["reason"].get<std::string>().find("header") != std::string::npos);
    } else if (encoder["folder"] == odd.string()) {
      ++found;
      CHECK(encoder["width"] == 7);
      CHECK(encoder["reason"].get<std::string>().find("perceptron") != std::string::npos);
    }
  }
  CHECK(found == 2);
  CHECK(successful({"encoders"}).find("cannot use hf:tiny/model\n") != std::string::npos);
}

TEST_CASE("an encoder of the cache encodes and travels with the run as files of its own" *
          doctest::test_suite("slow")) {
  TANDEM_SKIP_WITHOUT(models_dir() / "all-MiniLM-L6-v2");
  TANDEM_SKIP_WITHOUT(models_dir() / "efficientnet-lite0");
  TinyHub hub;
  use(hub);
  const HubCache cache(hub.folder / "hub");
  const std::filesystem::path real = models_dir() / "all-MiniLM-L6-v2";
  for (const char* file :
       {"config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "model.safetensors"}) {
    const std::string etag = content_hash_like(std::string(40, '0'), real / file);
    make_folder(cache.blob("org/mini", etag).parent_path());
    std::filesystem::copy_file(real / file, cache.incomplete_blob("org/mini", etag));
    cache.keep_blob("org/mini", etag);
    cache.link("org/mini", kCommit, file, etag);
  }
  cache.write_ref({.repo = "org/mini"}, kCommit);
  const ScratchFolder data, out;
  successful({"encode", "--data", "csv:" + write_shapes(data).string(), "--text-encoder", "hf:org/mini",
              "--image-encoder", models_dir() / "efficientnet-lite0", "--out", out / "f"});
  successful({"train", out / "f", "--out", out / "run", "--epochs", "1", "--hidden", "16", "--width", "16"});
  const std::filesystem::path carried = out / "run/encoders/text-0/model.safetensors";
  CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(carried)));
  std::filesystem::remove_all(hub.folder / "hub");
  successful({"search", out / "run", "a circle"});

  const Json encoders = Json::parse(successful({"encoders", "--json", "--fingerprint"}))["encoders"];
  for (const Json& encoder : encoders) {
    if (encoder["folder"] == (models_dir() / "all-MiniLM-L6-v2").string()) CHECK(encoder["fingerprint"].is_string());
  }
}

#include <doctest/doctest.h>

#include <cstdlib>
#include <optional>

#include "tandem/fetching/hub/hub_cache.h"
#include "tandem/fetching/hub/hub_files.h"
#include "tandem/fetching/hub/hub_name.h"
#include "tandem/fetching/hub/hub_settings.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/content_hash.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// Sets an environment variable while it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { old_ ? ::setenv(name_, old_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace

TEST_CASE("names of models on the hub are read and written") {
  CHECK(is_hub_name("hf:org/name"));
  CHECK(!is_hub_name("models/name"));
  CHECK(parse_hub_name("hf:org/name").repo == "org/name");
  CHECK(parse_hub_name("hf:org/name").revision == "main");
  CHECK(parse_hub_name("hf:bert-base-uncased").repo == "bert-base-uncased");
  CHECK(parse_hub_name("hf:org/name@refs/pr/1").revision == "refs/pr/1");
  CHECK(parse_hub_name("hf:org/name@v1.0").text() == "hf:org/name@v1.0");
  CHECK(parse_hub_name("hf:org/name@main").text() == "hf:org/name");
}

TEST_CASE("names that are none or leave the cache are refused") {
  for (const char* name : {"org/name", "hf:", "hf:/name", "hf:org/", "hf:a/b/c", "hf:../name", "hf:org/..",
                           "hf:org/na me", "hf:org/name@", "hf:org/name@../x", "hf:org/name@/etc", "hf:org/name?x",
                           "hf:a--b/c", "hf:org/name@a/../b", "hf:org/n\xc3\xa4me", "hf:-org/name"}) {
    INFO(name);
    CHECK_THROWS_AS(parse_hub_name(name), FileError);
  }
}

TEST_CASE("files stay in their folder or are refused") {
  for (const char* name : {"a", "a.json", "a/b", "..a", "a..b/c"}) CHECK(stays_in_folder(name));
  for (const char* name : {"", "/a", "../a", "a/../b", "a/..", "./a", "a//b", "a/", "a\\b", "a\nb"})
    CHECK(!stays_in_folder(name));
}

TEST_CASE("the hashes are those of sha256sum and git hash-object") {
  const ScratchFolder folder;
  write_file(folder / "hello", "hello\n");
  CHECK(content_hash_like(std::string(64, '0'), folder / "hello") ==
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
  CHECK(content_hash_like(std::string(40, '0'), folder / "hello") == "ce013625030ba8dba906f756967f9e9ca394464a");
  write_file(folder / "empty", "");
  CHECK(content_hash_like(std::string(40, '0'), folder / "empty") == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  CHECK(!is_content_hash(std::string(40, 'g')));
  CHECK(!is_content_hash("abc"));
}

TEST_CASE("the environment says where the cache and the hub are") {
  const ScratchFolder home;
  const Variable home_variable("HOME", home.path()), none1("HF_HOME", ""), none2("HF_HUB_CACHE", ""),
      none3("XDG_CACHE_HOME", ""), none4("HF_TOKEN", ""), none5("HF_TOKEN_PATH", ""), none6("HF_ENDPOINT", ""),
      none7("HF_HUB_OFFLINE", ""), none8("HF_HUB_DOWNLOAD_TIMEOUT", "");
  CHECK(hub_settings_from_environment().cache == home / ".cache/huggingface/hub");
  CHECK(hub_settings_from_environment().endpoint == "https://huggingface.co");
  CHECK(hub_settings_from_environment().token.empty());
  CHECK(!hub_settings_from_environment().offline);
  make_folder(home / "x/huggingface");
  write_file(home / "x/huggingface/token", "hf_file\n");
  const Variable xdg("XDG_CACHE_HOME", home / "x");
  CHECK(hub_settings_from_environment().cache == home / "x/huggingface/hub");
  CHECK(hub_settings_from_environment().token == "hf_file");
  const Variable hf_home("HF_HOME", "~/h");
  CHECK(hub_settings_from_environment().cache == home / "h/hub");
  const Variable cache("HF_HUB_CACHE", home / "c"), token("HF_TOKEN", " hf_set "),
      endpoint("HF_ENDPOINT", "http://127.0.0.1:1/"), offline("HF_HUB_OFFLINE", "true"),
      timeout("HF_HUB_DOWNLOAD_TIMEOUT", "7");
  const HubSettings settings = hub_settings_from_environment();
  CHECK(settings.cache == home / "c");
  CHECK(settings.token == "hf_set");
  CHECK(settings.endpoint == "http://127.0.0.1:1");
  CHECK(settings.offline);
  CHECK(settings.stall_seconds == 7);
}

TEST_CASE("settings that make no sense are refused without showing the token") {
  {
    const Variable token("HF_TOKEN", "hf_a\r\nHost: evil");
    try {
      hub_settings_from_environment();
      FAIL("taken");
    } catch (const FileError& error) {
      CHECK(std::string(error.what()).find("hf_a") == std::string::npos);
    }
  }
  const Variable endpoint("HF_ENDPOINT", "file:///etc");
  CHECK_THROWS_AS(hub_settings_from_environment(), FileError);
}

TEST_CASE("a cache with odd things in it lists what is one") {
  const ScratchFolder folder;
  const HubCache cache(folder.path());
  CHECK(cache.snapshots().empty());
  CHECK(HubCache(folder / "none").snapshots().empty());
  const std::string commit(40, 'c'), other(40, 'd');
  make_folder(folder / "models--org--name/snapshots" / commit);
  make_folder(folder / "models--org--name/snapshots" / other);
  make_folder(folder / "models--org--name/snapshots/odd");
  make_folder(folder / "models--org--name/refs");
  make_folder(folder / "datasets--org--name/snapshots" / commit);
  write_file(folder / "models--org--name/refs/main", commit + "\n");
  write_file(folder / "models--org--name/refs/broken", "../../..");
  write_file(folder / "version.txt", "1");
  const std::vector<HubSnapshot> found = cache.snapshots();
  REQUIRE(found.size() == 2);
  CHECK(found[0].name.text() == "hf:org/name");
  CHECK(found[1].name.text() == "hf:org/name@" + other);
  CHECK(cache.find(parse_hub_name("hf:org/name"))->commit == commit);
  CHECK(cache.find(parse_hub_name("hf:org/name@" + other))->commit == other);
  CHECK(!cache.find(parse_hub_name("hf:org/name@broken")));
  CHECK(!cache.find(parse_hub_name("hf:org/other")));
}

TEST_CASE("what a folder lacks is named") {
  const ScratchFolder folder;
  CHECK(lacks(folder.path()) == "config.json");
  write_file(folder / "config.json", "{}");
  CHECK(lacks(folder.path()) == "model.safetensors");
  write_file(folder / "model.safetensors", "weights");
  CHECK(lacks(folder.path()) == "the files of a tokenizer or preprocessor_config.json");
  write_file(folder / "vocab.txt", "a");
  CHECK(!lacks(folder.path()));
  write_file(folder / "config.json", R"({"text_config": {}, "vision_config": {}})");
  CHECK(lacks(folder.path()) == "preprocessor_config.json");
}

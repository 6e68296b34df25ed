#include "tandem/fetching/hub/fetch_model.h"

#include <doctest/doctest.h>

#include "fetching/hub/fetch_checks.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("a model is fetched once and then costs no request") {
  TinyHub hub;
  std::int64_t last = 0, total = 0;
  const FetchedModel fetched =
      fetch_model(kName, hub.settings(), {.progress = [&](std::int64_t done, std::int64_t all) {
                    CHECK(done >= last);
                    last = done;
                    total = all;
                  }});
  check_whole(hub);
  CHECK(fetched.folder == hub.snapshot());
  CHECK(fetched.commit == kCommit);
  CHECK(fetched.fetched_files == 4);
  CHECK(last == total);
  CHECK(total == 300);
  CHECK(hub.store.body_bytes() == 300000);
  hub.hub.forget();
  CHECK(fetch_model(kName, hub.settings()).fetched_files == 0);
  CHECK(fetch_model({.repo = kRepo, .revision = kCommit}, hub.settings()).fetched_files == 0);
  CHECK(hub.hub.requests().empty());
}

TEST_CASE("the token goes to the hub and does not follow a redirect to another port") {
  TinyHub hub;
  fetch_model(kName, hub.settings());
  CHECK(hub.store.requests().size() == 1);
  for (const ServerRequest& request : hub.hub.requests())
    CHECK(request.header("authorization") == std::string("Bearer ") + kToken);
  for (const ServerRequest& request : hub.store.requests()) CHECK(request.header("authorization").empty());
}

TEST_CASE("a redirect inside the hub is followed and keeps what the hub said of the file") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.ends_with("/resolve/" + kCommit + "/config.json")) {
      answer = {.status = 307,
                .headers = {{"Location", "/api/resolve-cache/config.json"},
                            {"X-Linked-Etag", answer.headers["ETag"]},
                            {"X-Repo-Commit", kCommit}}};
    } else if (request.path == "/api/resolve-cache/config.json") {
      answer = {.headers = {{"ETag", "\"another\""}}, .body = hub.files.at("config.json")};
    }
  };
  fetch_model(kName, hub.settings());
  check_whole(hub);
}

TEST_CASE("a download that breaks off goes on where it stopped") {
  TinyHub hub;
  hub.change_store = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.first_byte() < 200000) answer.cut_after = 100000;
  };
  const FetchedModel fetched = fetch_model(kName, hub.settings());
  check_whole(hub);
  REQUIRE(hub.store.requests().size() == 3);
  CHECK(hub.store.requests()[1].header("range") == "bytes=100000-");
  CHECK(hub.store.requests()[2].header("range") == "bytes=200000-");
  CHECK(hub.store.body_bytes() == 300000);
  CHECK(fetched.fetched_bytes == 300000 + 22 + 14 + 2);
}

TEST_CASE("a fetch that gave up is continued by the next") {
  TinyHub hub;
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.cut_after = 10000; };
  check_holds(complaint(hub), "4 times");
  check_nothing_whole(hub);
  CHECK(std::filesystem::file_size(hub.weights_part()) == 40000);
  hub.change_store = nullptr;
  hub.store.forget();
  fetch_model(kName, hub.settings());
  check_whole(hub);
  CHECK(hub.store.body_bytes() == 260000);
}

TEST_CASE("a server that ignores Range is read from the start") {
  TinyHub hub;
  make_folder(hub.weights_part().parent_path());
  write_file(hub.weights_part(), "left over, and of something else");
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) {
    answer = {.body = hub.files.at("model.safetensors")};
  };
  fetch_model(kName, hub.settings());
  check_whole(hub);
  CHECK(hub.store.requests()[0].first_byte() == 32);
}

TEST_CASE("a left over part that is not of the file is thrown away once its hash is wrong") {
  TinyHub hub;
  make_folder(hub.weights_part().parent_path());
  write_file(hub.weights_part(), std::string(1000, 'x'));
  fetch_model(kName, hub.settings());
  check_whole(hub);
  CHECK(hub.store.body_bytes() == 299000 + 300000);
}

TEST_CASE("a left over part longer than the file is thrown away") {
  TinyHub hub;
  make_folder(hub.weights_part().parent_path());
  write_file(hub.weights_part(), std::string(300001, 'x'));
  fetch_model(kName, hub.settings());
  check_whole(hub);
  CHECK(hub.store.body_bytes() == 300000);
}

TEST_CASE("an etag that changes between tries begins the file anew") {
  TinyHub hub;
  const std::string old_weights = hub.files.at("model.safetensors");
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.cut_after = 50000; };
  complaint(hub);
  hub.change_store = nullptr;
  hub.files["model.safetensors"] = std::string(1000, 'n') + old_weights;
  hub.store.forget();
  fetch_model(kName, hub.settings());
  check_whole(hub);
  CHECK(hub.store.requests()[0].first_byte() == 0);
  CHECK(hub.store.body_bytes() == 301000);
}

TEST_CASE("an answer that stalls is given up and what came is kept" * doctest::test_suite("slow")) {
  TinyHub hub;
  HubSettings settings = hub.settings();
  settings.tries = 2;
  settings.stall_seconds = 1;
  hub.change_store = [&](const ServerRequest& request, ServerAnswer& answer) {
    answer.cut_after = 1000;
    answer.stall = request.first_byte() == 0;
    if (!answer.stall) answer.cut_after = std::string::npos;
  };
  fetch_model(kName, settings);
  check_whole(hub);
  CHECK(hub.store.body_bytes() == 300000);
}

TEST_CASE("an update fetches only what changed and leaves the older snapshot") {
  TinyHub hub;
  fetch_model(kName, hub.settings());
  hub.commit = std::string(39, 'b') + "2";
  hub.files["tokenizer.json"] = "{\"tokens\": [\"new\"]}";
  CHECK(fetch_model(kName, hub.settings()).commit == kCommit);
  hub.store.forget();
  const FetchedModel updated = fetch_model(kName, hub.settings(), {.update = true});
  CHECK(updated.commit == hub.commit);
  CHECK(updated.fetched_files == 1);
  CHECK(hub.store.requests().empty());
  check_whole(hub);
  CHECK(cached_model({.repo = kRepo, .revision = kCommit}, hub.settings()).filename() == kCommit);
}

TEST_CASE("an update mends a blob that the disk has damaged") {
  TinyHub hub;
  fetch_model(kName, hub.settings());
  std::string damaged = hub.files.at("model.safetensors");
  damaged[damaged.size() / 2] ^= 1;
  write_file(hub.weights_blob(), damaged);
  hub.store.forget();
  CHECK_THROWS_WITH_AS(check_content_hash(hub.snapshot() / "model.safetensors"),
                       doctest::Contains("tandem fetch --update"), FileError);
  const FetchedModel mended = fetch_model(kName, hub.settings(), {.update = true});
  CHECK(mended.fetched_files == 1);
  CHECK(hub.store.body_bytes() == 300000);
  check_whole(hub);
  check_content_hash(hub.snapshot() / "model.safetensors");
  CHECK(fetch_model(kName, hub.settings(), {.update = true}).fetched_files == 0);
}

TEST_CASE("the damaged blob stays until what takes its place is whole") {
  TinyHub hub;
  fetch_model(kName, hub.settings());
  write_file(hub.weights_blob(), std::string(300000, 'x'));
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.status = 404}; };
  CHECK_THROWS_AS(fetch_model(kName, hub.settings(), {.update = true}), FileError);
  CHECK(read_file(hub.weights_blob()) == std::string(300000, 'x'));
}

TEST_CASE("a drip is given up though it never stalls and what came is kept" * doctest::test_suite("slow")) {
  TinyHub hub;
  HubSettings settings = hub.settings();
  settings.tries = 2;
  settings.stall_seconds = 1;
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) {
    answer.cut_after = 0;
    answer.drip_bytes = 3;
  };
  CHECK_THROWS_WITH_AS(fetch_model(kName, settings),
                       doctest::Contains("less than 1000 bytes a second for 1 seconds) 2 times"), FileError);
  check_nothing_whole(hub);
  CHECK(std::filesystem::file_size(hub.weights_part()) > 0);
  CHECK(hub.store.requests()[1].first_byte() > 0);
  hub.change_store = nullptr;
  fetch_model(kName, settings);
  check_whole(hub);
}

TEST_CASE("a listing of many levels is refused") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest&, ServerAnswer& answer) {
    answer.body = "{\"sha\": " + std::string(100000, '[') + std::string(100000, ']') + "}";
  };
  check_holds(complaint(hub), "JSON of at most 256 levels");
  hub.change_hub = nullptr;
  hub.files.erase("model.safetensors");
  hub.files["model.safetensors.index.json"] =
      "{\"weight_map\": " + std::string(100000, '[') + std::string(100000, ']') + "}";
  check_holds(complaint(hub), "JSON of at most 256 levels");
}

#include "tandem/hub/fetch_model.h"

#include <doctest/doctest.h>

#include <thread>

#include "hub/tiny_hub.h"
#include "tandem/hub/hub_cache.h"
#include "tandem/hub/hub_files.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/storage/mapped_file.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

const HubName kName{.repo = kRepo};

/// What fetching says when it fails; "" if it does not. The token is in none of it.
std::string complaint(const TinyHub& hub, const HubName& name = kName) {
  std::string said;
  try {
    fetch_model(name, hub.settings());
  } catch (const FileError& error) {
    said = error.what();
  }
  CHECK(said.find(kToken) == std::string::npos);
  CHECK(said.find("Signature") == std::string::npos);
  return said;
}

bool holds(const std::string& text, const std::string& part) {
  INFO("in: ", text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

/// Nothing in the cache may look like a model.
void check_nothing_whole(const TinyHub& hub) {
  CHECK(!HubCache(hub.settings().cache).find(kName));
  CHECK(!std::filesystem::exists(hub.snapshot() / "model.safetensors"));
  CHECK_THROWS_AS(cached_model(kName, hub.settings()), FileError);
}

void check_whole(const TinyHub& hub) {
  const std::filesystem::path folder = cached_model(kName, hub.settings());
  CHECK(folder == hub.snapshot());
  for (const char* file : {"config.json", "tokenizer.json", "1_Pooling/config.json", "model.safetensors"}) {
    CHECK(std::filesystem::is_symlink(folder / file));
    CHECK(std::filesystem::read_symlink(folder / file).is_relative());
    CHECK(read_file(folder / file) == hub.files.at(file));
  }
  CHECK(!std::filesystem::exists(folder / "README.md"));
  CHECK(!std::filesystem::exists(folder / "pytorch_model.bin"));
  CHECK(read_file(hub.model_folder() / "refs" / "main") == hub.commit);
  CHECK(!std::filesystem::exists(hub.weights_part()));
}

}  // namespace

TEST_CASE("a model is fetched once and then costs no request") {
  TinyHub hub;
  std::int64_t last = 0, total = 0;
  const FetchedModel fetched = fetch_model(kName, hub.settings(), {.progress = [&](std::int64_t done, std::int64_t all) {
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
  for (const ServerRequest& request : hub.hub.requests()) CHECK(request.header("authorization") == std::string("Bearer ") + kToken);
  for (const ServerRequest& request : hub.store.requests()) CHECK(request.header("authorization").empty());
}

TEST_CASE("a redirect inside the hub is followed and keeps what the hub said of the file") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.ends_with("/resolve/" + kCommit + "/config.json")) {
      answer = {.status = 307, .headers = {{"Location", "/api/resolve-cache/config.json"}, {"X-Linked-Etag", answer.headers["ETag"]}, {"X-Repo-Commit", kCommit}}};
    } else if (request.path == "/api/resolve-cache/config.json") {
      answer = {.headers = {{"ETag", "\"another\""}}, .body = hub.files.at("config.json")};
    }
  };
  fetch_model(kName, hub.settings());
  check_whole(hub);
}

TEST_CASE("redirects without end are given up") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) { answer = {.status = 302, .headers = {{"Location", request.path + "x"}}}; };
  holds(complaint(hub), "without end");
  CHECK(hub.hub.requests().size() == 6);
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
  holds(complaint(hub), "4 times");
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
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.body = hub.files.at("model.safetensors")}; };
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

TEST_CASE("bytes of another hash are refused and not kept") {
  TinyHub hub;
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.body[1234] ^= 1; };
  holds(complaint(hub), "model.safetensors: expected the bytes that the hub's hash is of");
  check_nothing_whole(hub);
  CHECK(!std::filesystem::exists(hub.weights_blob()));
  CHECK(!std::filesystem::exists(hub.weights_part()));
  CHECK(hub.store.requests().size() == 2);
}

TEST_CASE("a small file of another hash is refused") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.method == "GET" && request.path.ends_with("tokenizer.json")) answer.body[3] ^= 1;
  };
  holds(complaint(hub), "tokenizer.json: expected the bytes that the hub's hash is of");
  check_nothing_whole(hub);
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

TEST_CASE("a length that is a lie is refused") {
  TinyHub hub;
  const std::string claim = "Content-Length";
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.headers[claim] = "300001"; };
  holds(complaint(hub), "announcing 300001 bytes");
  check_nothing_whole(hub);
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.headers[claim] = "10"; };
  holds(complaint(hub), "announcing 10 bytes");
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) {
    answer.headers[claim] = "";  // The end of the connection is then the end of the body.
    answer.body += "more";
  };
  holds(complaint(hub), "expected 300000 bytes, found more");
  check_nothing_whole(hub);
}

TEST_CASE("a size that no disk holds is refused before a byte is fetched") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.ends_with("model.safetensors")) answer.headers["X-Linked-Size"] = "4611686018427387904";
  };
  holds(complaint(hub), "room for 4611686018427 MB");
  CHECK(hub.store.requests().empty());
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.ends_with("model.safetensors")) answer.headers["X-Linked-Size"] = "-5";
  };
  CHECK(!complaint(hub).empty());
  CHECK(hub.store.requests().empty());
}

TEST_CASE("an answer that stalls is given up and what came is kept") {
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

TEST_CASE("errors that may pass are asked again and others are not") {
  TinyHub hub;
  int refusals = 2;
  hub.change_hub = [&](const ServerRequest&, ServerAnswer& answer) {
    if (refusals-- > 0) answer = {.status = 503};
  };
  fetch_model(kName, hub.settings());
  check_whole(hub);

  TinyHub other;
  for (const auto& [status, part] : std::map<int, std::string>{{404, "something of that name on the hub"}, {401, "HTTP 401"}, {403, "terms were accepted"}, {400, "HTTP 400"}}) {
    other.hub.forget();
    other.change_hub = [&, status = status](const ServerRequest&, ServerAnswer& answer) { answer = {.status = status, .body = "no"}; };
    holds(complaint(other), part);
    CHECK(other.hub.requests().size() == 1);
  }
  other.hub.forget();
  other.change_hub = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.status = 500}; };
  holds(complaint(other), "HTTP 500 4 times");
  CHECK(other.hub.requests().size() == 4);
  check_nothing_whole(other);
}

TEST_CASE("without a token a refusal says that there is one to set") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.status = 401}; };
  HubSettings settings = hub.settings();
  settings.token.clear();
  CHECK_THROWS_WITH_AS(fetch_model(kName, settings), doctest::Contains("a token for it in HF_TOKEN"), FileError);
  CHECK(hub.hub.requests()[0].header("authorization").empty());
}

TEST_CASE("a model of pickles only is refused by name before anything is fetched") {
  TinyHub hub;
  hub.files.erase("model.safetensors");
  holds(complaint(hub), "only pytorch_model.bin, a pickle, which could run code");
  CHECK(hub.hub.requests().size() == 1);
}

TEST_CASE("listings that are none are refused") {
  TinyHub hub;
  for (const char* body : {"", "[]", "{\"sha\": 3}", "{\"sha\": \"abc\", \"siblings\": []}", "<html>"}) {
    hub.change_hub = [&](const ServerRequest&, ServerAnswer& answer) { answer.body = body; };
    CHECK(!complaint(hub).empty());
  }
  hub.change_hub = nullptr;
  hub.files["../../escaped.json"] = "{}";
  holds(complaint(hub), "files that stay in the model's folder");
  CHECK(!std::filesystem::exists(hub.model_folder() / "blobs"));
}

TEST_CASE("an ETag that is no hash is refused") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest&, ServerAnswer& answer) {
    if (answer.headers.count("ETag") != 0) answer.headers["ETag"] = "\"../../../../evil\"";
  };
  holds(complaint(hub), "an ETag that is a hash");
}

TEST_CASE("weights in several files are all fetched and names that leave the folder refused") {
  TinyHub hub;
  hub.files.erase("model.safetensors");
  hub.files["model-1.safetensors"] = noise(5000);
  hub.files["model-2.safetensors"] = noise(7000);
  hub.files["model.safetensors.index.json"] = R"({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}})";
  fetch_model(kName, hub.settings());
  CHECK(cached_model(kName, hub.settings()) == hub.snapshot());
  CHECK(read_file(hub.snapshot() / "model-2.safetensors") == noise(7000));
  std::filesystem::remove(hub.snapshot() / "model-2.safetensors");
  CHECK_THROWS_WITH_AS(cached_model(kName, hub.settings()), doctest::Contains("one without model-2.safetensors"), FileError);

  hub.commit = std::string(39, 'b') + "2";
  hub.files["model.safetensors.index.json"] = R"({"weight_map": {"a": "../../x.safetensors"}})";
  CHECK_THROWS_WITH_AS(fetch_model(kName, hub.settings(), {.update = true}), doctest::Contains("safetensors files in the same folder"), FileError);
  hub.files["model.safetensors.index.json"] = R"({"weight_map": {"a": "model-3.safetensors"}})";
  CHECK_THROWS_WITH_AS(fetch_model(kName, hub.settings(), {.update = true}), doctest::Contains("model-3.safetensors"), FileError);
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

TEST_CASE("offline nothing is asked") {
  TinyHub hub;
  HubSettings settings = hub.settings();
  settings.offline = true;
  CHECK_THROWS_WITH_AS(fetch_model(kName, settings), doctest::Contains("HF_HUB_OFFLINE"), FileError);
  fetch_model(kName, hub.settings());
  hub.hub.forget();
  CHECK(fetch_model(kName, settings, {.update = true}).commit == kCommit);
  CHECK(hub.hub.requests().empty());
}

TEST_CASE("a blob that another process is writing is left alone") {
  TinyHub hub;
  const HubCache cache(hub.settings().cache);
  const std::string etag = hub.etag("model.safetensors");
  make_folder(cache.lock_file(kRepo, etag).parent_path());
  make_folder(cache.model_folder(kRepo));
  const FolderLock held(cache.model_folder(kRepo), cache.lock_file(kRepo, etag));
  holds(complaint(hub), "nothing else is writing to");
  check_nothing_whole(hub);
}

TEST_CASE("a hub that is not there is named by its host") {
  std::string address;
  { address = MisbehavingServer([](const ServerRequest&) { return ServerAnswer{}; }).address(); }
  TinyHub hub;
  HubSettings settings = hub.settings();
  settings.endpoint = address;
  CHECK_THROWS_WITH_AS(fetch_model(kName, settings), doctest::Contains("127.0.0.1 gave no whole answer"), FileError);
}

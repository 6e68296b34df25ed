#include <map>

#include <doctest/doctest.h>

#include "fetching/hub/fetch_checks.h"
#include "tandem/storage/folder_lock.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("redirects without end are given up") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    answer = {.status = 302, .headers = {{"Location", request.path + "x"}}};
  };
  check_holds(complaint(hub), "without end");
  CHECK(hub.hub.requests().size() == 6);
}

TEST_CASE("bytes of another hash are refused and not kept") {
  TinyHub hub;
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.body[1234] ^= 1; };
  check_holds(complaint(hub), "model.safetensors: expected the bytes that the hub's hash is of");
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
  check_holds(complaint(hub), "tokenizer.json: expected the bytes that the hub's hash is of");
  check_nothing_whole(hub);
}

TEST_CASE("a length that is a lie is refused") {
  TinyHub hub;
  const std::string claim = "Content-Length";
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.headers[claim] = "300001"; };
  check_holds(complaint(hub), "announcing 300001 bytes");
  check_nothing_whole(hub);
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) { answer.headers[claim] = "10"; };
  check_holds(complaint(hub), "announcing 10 bytes");
  hub.change_store = [&](const ServerRequest&, ServerAnswer& answer) {
    answer.headers[claim] = "";  // The end of the connection is then the end of the body.
    answer.body += "more";
  };
  check_holds(complaint(hub), "expected 300000 bytes, found more");
  check_nothing_whole(hub);
}

TEST_CASE("a size that no disk holds is refused before a byte is fetched") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.ends_with("model.safetensors")) answer.headers["X-Linked-Size"] = "4611686018427387904";
  };
  check_holds(complaint(hub), "room for 4611686018427 MB");
  CHECK(hub.store.requests().empty());
  hub.change_hub = [&](const ServerRequest& request, ServerAnswer& answer) {
    if (request.path.ends_with("model.safetensors")) answer.headers["X-Linked-Size"] = "-5";
  };
  CHECK(!complaint(hub).empty());
  CHECK(hub.store.requests().empty());
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
  for (const auto& [status, part] : std::map<int, std::string>{{404, "something of that name on the hub"},
                                                               {401, "HTTP 401"},
                                                               {403, "terms were accepted"},
                                                               {400, "HTTP 400"}}) {
    other.hub.forget();
    other.change_hub = [&, status = status](const ServerRequest&, ServerAnswer& answer) {
      answer = {.status = status, .body = "no"};
    };
    check_holds(complaint(other), part);
    CHECK(other.hub.requests().size() == 1);
  }
  other.hub.forget();
  other.change_hub = [&](const ServerRequest&, ServerAnswer& answer) { answer = {.status = 500}; };
  check_holds(complaint(other), "HTTP 500 4 times");
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
  check_holds(complaint(hub), "only pytorch_model.bin, a pickle, which could run code");
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
  check_holds(complaint(hub), "files that stay in the model's folder");
  CHECK(!std::filesystem::exists(hub.model_folder() / "blobs"));
}

TEST_CASE("an ETag that is no hash is refused") {
  TinyHub hub;
  hub.change_hub = [&](const ServerRequest&, ServerAnswer& answer) {
    if (answer.headers.count("ETag") != 0) answer.headers["ETag"] = "\"../../../../evil\"";
  };
  check_holds(complaint(hub), "an ETag that is a hash");
}

TEST_CASE("weights in several files are all fetched and names that leave the folder refused") {
  TinyHub hub;
  hub.files.erase("model.safetensors");
  hub.files["model-1.safetensors"] = noise(5000);
  hub.files["model-2.safetensors"] = noise(7000);
  hub.files["model.safetensors.index.json"] =
      R"({"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors"}})";
  fetch_model(kName, hub.settings());
  CHECK(cached_model(kName, hub.settings()) == hub.snapshot());
  CHECK(read_file(hub.snapshot() / "model-2.safetensors") == noise(7000));
  std::filesystem::remove(hub.snapshot() / "model-2.safetensors");
  CHECK_THROWS_WITH_AS(cached_model(kName, hub.settings()), doctest::Contains("one without model-2.safetensors"),
                       FileError);

  hub.commit = std::string(39, 'b') + "2";
  hub.files["model.safetensors.index.json"] = R"({"weight_map": {"a": "../../x.safetensors"}})";
  CHECK_THROWS_WITH_AS(fetch_model(kName, hub.settings(), {.update = true}),
                       doctest::Contains("safetensors files in the same folder"), FileError);
  hub.files["model.safetensors.index.json"] = R"({"weight_map": {"a": "model-3.safetensors"}})";
  CHECK_THROWS_WITH_AS(fetch_model(kName, hub.settings(), {.update = true}), doctest::Contains("model-3.safetensors"),
                       FileError);
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
  check_holds(complaint(hub), "nothing else is writing to");
  check_nothing_whole(hub);
}

TEST_CASE("a hub that is not there is named by its host") {
  std::string address;
  {
    address = MisbehavingServer([](const ServerRequest&) { return ServerAnswer{}; }).address();
  }
  TinyHub hub;
  HubSettings settings = hub.settings();
  settings.endpoint = address;
  CHECK_THROWS_WITH_AS(fetch_model(kName, settings), doctest::Contains("127.0.0.1 gave no whole answer"), FileError);
}

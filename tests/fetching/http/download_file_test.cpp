#include "tandem/fetching/http/download_file.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "fetching/http/misbehaving_server.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

const std::string kWhole = "The quick brown fox jumps over the lazy dog.";

/// A server of kWhole that knows ranges, and a place for the part.
struct Fixture {
  ScratchFolder folder;
  std::string etag = "\"v1\"";
  std::function<void(const ServerRequest&, ServerAnswer&)> change = [](const ServerRequest&, ServerAnswer&) {};
  MisbehavingServer server{[this](const ServerRequest& request) {
    const std::size_t first =
        request.header("if-range").empty() || request.header("if-range") == etag ? request.first_byte() : 0;
    ServerAnswer answer{.status = first > 0 ? 206 : 200,
                        .headers = {{"ETag", etag}},
                        .body = kWhole.substr(std::min(first, kWhole.size()))};
    if (first > 0) {
      const std::string size = std::to_string(kWhole.size());
      answer.headers["Content-Range"] =
          "bytes " + std::to_string(first) + "-" + std::to_string(kWhole.size() - 1) + "/" + size;
    }
    change(request, answer);
    return answer;
  }};
  std::filesystem::path part = std::filesystem::path(folder / "part");
  int begun = 0;

  void download(const WantedFile& changes = {}) {
    WantedFile wanted = changes;
    wanted.asked = "fox.txt";
    wanted.url = server.address() + "/fox.txt";
    HttpConnection connection({});
    const auto check = [](const HttpAnswer& answer) {
      if (answer.status >= 500) throw HttpFailure("HTTP " + std::to_string(answer.status), true);
      if (answer.status >= 400) throw FileError("fox.txt", "a file", "HTTP " + std::to_string(answer.status));
    };
    download_file(connection, {.tries = 3, .first_wait_seconds = 0.001}, wanted, part,
                  {.check_success = check, .begun = [this](const HttpAnswer&, std::int64_t) { ++begun; }});
  }

  std::string complaint(const WantedFile& changes = {}) {
    try {
      download(changes);
    } catch (const FileError& error) {
      return error.what();
    }
    return "nothing";
  }
};

}  // namespace

TEST_CASE("a file is downloaded whole, with or without a known size") {
  Fixture known, unknown;
  known.download({.size_bytes = static_cast<std::int64_t>(kWhole.size())});
  unknown.download();
  CHECK(read_file(known.part) == kWhole);
  CHECK(read_file(unknown.part) == kWhole);
  CHECK(known.begun == 1);
}

TEST_CASE("a download goes on where it stopped, and a whole part is not asked for again") {
  Fixture fixture;
  write_file(fixture.part, kWhole.substr(0, 10));
  fixture.download({.size_bytes = static_cast<std::int64_t>(kWhole.size()), .etag = fixture.etag});
  CHECK(read_file(fixture.part) == kWhole);
  CHECK(fixture.server.requests().at(0).header("range") == "bytes=10-");
  CHECK(fixture.begun == 0);
  fixture.server.forget();
  fixture.download({.size_bytes = static_cast<std::int64_t>(kWhole.size())});
  CHECK(fixture.server.requests().empty());
}

TEST_CASE("a part of another version of the file is not continued") {
  Fixture fixture;
  write_file(fixture.part, "Another file's beginning");
  fixture.download({.etag = "\"v0\""});
  CHECK(read_file(fixture.part) == kWhole);
  CHECK(fixture.begun == 1);
}

TEST_CASE("a server that sends another part than asked for, or knows no such part, is asked anew") {
  Fixture fixture;
  write_file(fixture.part, kWhole.substr(0, 10));
  fixture.change = [](const ServerRequest& request, ServerAnswer& answer) {
    if (request.first_byte() > 0) answer.headers["Content-Range"] = "bytes 3-43/44";
  };
  fixture.download();
  CHECK(read_file(fixture.part) == kWhole);
  write_file(fixture.part, kWhole + "and more");
  fixture.change = [](const ServerRequest& request, ServerAnswer& answer) {
    if (request.first_byte() > 0) answer = {.status = 416};
  };
  fixture.download();
  CHECK(read_file(fixture.part) == kWhole);
}

TEST_CASE("a body that breaks off is continued, at most so many times") {
  Fixture fixture;
  int left = 2;
  fixture.change = [&](const ServerRequest&, ServerAnswer& answer) {
    if (left-- > 0) answer.cut_after = 7;
  };
  fixture.download();
  CHECK(read_file(fixture.part) == kWhole);
  CHECK(fixture.server.requests().size() == 3);
  CHECK(fixture.server.requests().at(2).header("range") == "bytes=14-");

  Fixture never;
  never.change = [](const ServerRequest&, ServerAnswer& answer) { answer.cut_after = 1; };
  const std::string said = never.complaint();
  CHECK_MESSAGE(said.find("fox.txt: expected an answer from the server") == 0, said);
  CHECK_MESSAGE(said.find("3 times") != std::string::npos, said);
}

TEST_CASE("another length than is wanted, or more bytes, are refused") {
  Fixture claims, sends;
  CHECK(claims.complaint({.size_bytes = 10}) ==
        "fox.txt: expected 10 bytes to come, found 127.0.0.1 announcing 44 bytes");
  sends.change = [](const ServerRequest&, ServerAnswer& answer) { answer.headers["Content-Length"] = ""; };
  CHECK(sends.complaint({.size_bytes = 10}) == "fox.txt: expected 10 bytes, found more");
  CHECK(read_file(sends.part).empty());
}

TEST_CASE("errors that may pass are asked again, and others are not") {
  Fixture passes, stays;
  int left = 2;
  passes.change = [&](const ServerRequest&, ServerAnswer& answer) {
    if (left-- > 0) answer = {.status = 502};
  };
  passes.download();
  CHECK(read_file(passes.part) == kWhole);
  stays.change = [](const ServerRequest&, ServerAnswer& answer) { answer = {.status = 404}; };
  CHECK(stays.complaint() == "fox.txt: expected a file, found HTTP 404");
  CHECK(stays.server.requests().size() == 1);
}

TEST_CASE("an empty file is a whole one") {
  Fixture fixture;
  fixture.change = [](const ServerRequest&, ServerAnswer& answer) { answer.body.clear(); };
  fixture.download();
  CHECK(read_file(fixture.part).empty());
  CHECK(fixture.begun == 1);
}

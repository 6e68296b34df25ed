#include "tandem/fetching/http/http_connection.h"

#include <doctest/doctest.h>

#include "fetching/http/misbehaving_server.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

/// The body of the answer, and the answer.
struct Fetched {
  HttpAnswer answer;
  std::string body;
};

Fetched fetched(HttpConnection& connection, HttpRequest request) {
  Fetched result;
  request.sink = [&](const HttpAnswer&, std::string_view bytes) { result.body += bytes; };
  result.answer = connection.request(request);
  return result;
}

std::string failure(HttpConnection& connection, const HttpRequest& request, bool worth_retrying) {
  try {
    connection.request(request);
  } catch (const HttpFailure& error) {
    CHECK(error.worth_retrying() == worth_retrying);
    return error.what();
  }
  return "nothing";
}

ServerAnswer redirect(const std::string& to) { return {.status = 302, .headers = {{"Location", to}}}; }

}  // namespace

TEST_CASE("an answer has status, body and headers by lower-case names") {
  MisbehavingServer server([](const ServerRequest&) {
    return ServerAnswer{.status = 200, .headers = {{"X-One", " two "}, {"ETag", "\"e\""}}, .body = "hello"};
  });
  HttpConnection connection({});
  const Fetched got = fetched(connection, {.url = server.address() + "/a%20b"});
  CHECK(got.answer.status == 200);
  CHECK(got.body == "hello");
  CHECK(got.answer.header("x-one") == "two");
  CHECK(got.answer.header("etag") == "\"e\"");
  CHECK(got.answer.header("absent").empty());
  CHECK(got.answer.content_length() == 5);
  CHECK(got.answer.host == "127.0.0.1");
  CHECK(server.requests().at(0).path == "/a%20b");
  CHECK(HttpConnection::encoded("a b/c") == "a%20b%2Fc");
}

TEST_CASE("an error's answer is returned and its body is dropped") {
  MisbehavingServer server([](const ServerRequest&) {
    return ServerAnswer{.status = 503, .headers = {{"Retry-After", "7"}}, .body = "busy"};
  });
  HttpConnection connection({});
  const Fetched got = fetched(connection, {.url = server.address()});
  CHECK(got.answer.status == 503);
  CHECK(got.answer.wait_seconds == 7);
  CHECK(got.body.empty());
}

TEST_CASE("a request for the rest names the first byte and the ETag, and one from the beginning neither") {
  MisbehavingServer server([](const ServerRequest& request) {
    return ServerAnswer{.status = 206, .body = std::string("0123456789").substr(request.first_byte())};
  });
  HttpConnection connection({});
  CHECK(fetched(connection, {.url = server.address(), .first_byte = 4, .if_range = "\"v1\""}).body == "456789");
  CHECK(fetched(connection, {.url = server.address(), .if_range = "\"v1\""}).body == "0123456789");
  CHECK(server.requests().at(0).header("range") == "bytes=4-");
  CHECK(server.requests().at(0).header("if-range") == "\"v1\"");
  CHECK(server.requests().at(1).header("range").empty());
  CHECK(server.requests().at(1).header("if-range").empty());
}

TEST_CASE("the token goes to home alone, and home's x- headers stay with the answer of another host") {
  MisbehavingServer store([](const ServerRequest&) { return ServerAnswer{.status = 200, .body = "bytes"}; });
  MisbehavingServer home([&](const ServerRequest&) {
    ServerAnswer answer = redirect(store.address() + "/blob");
    answer.headers["X-Linked-Size"] = "5";
    return answer;
  });
  HttpConnection connection({.home = home.address(), .token = "secret"});
  const Fetched got = fetched(connection, {.url = home.address() + "/file"});
  CHECK(got.body == "bytes");
  CHECK(got.answer.header("x-linked-size") == "5");
  CHECK(home.requests().at(0).header("authorization") == "Bearer secret");
  CHECK(store.requests().at(0).header("authorization").empty());
}

TEST_CASE("a redirect of a HEAD request to another host is the answer itself") {
  MisbehavingServer store([](const ServerRequest&) { return ServerAnswer{}; });
  MisbehavingServer home([&](const ServerRequest&) { return redirect(store.address()); });
  HttpConnection connection({.home = home.address()});
  const HttpAnswer answer = connection.request({.url = home.address(), .head = true});
  CHECK(answer.status == 302);
  CHECK(store.requests().empty());
}

TEST_CASE("redirects without end, to no address and to another protocol are given up") {
  std::string to;
  MisbehavingServer server(
      [&](const ServerRequest& request) { return redirect(to.empty() ? request.path + "x" : to); });
  HttpConnection connection({});
  CHECK(failure(connection, {.url = server.address() + "/"}, false).find("without end") != std::string::npos);
  CHECK(server.requests().size() == 6);
  to = "ftp://127.0.0.1/";
  CHECK(failure(connection, {.url = server.address()}, false).find("gave no whole answer") != std::string::npos);
  CHECK(failure(connection, {.url = "http://"}, false) == "an address that is none");
}

TEST_CASE("a body that breaks off is a failure that is worth another try and names the host, not the address") {
  MisbehavingServer server(
      [](const ServerRequest&) { return ServerAnswer{.status = 200, .body = "0123456789", .cut_after = 4}; });
  HttpConnection connection({});
  const std::string said = failure(connection, {.url = server.address() + "/signed?secret=1"}, true);
  CHECK_MESSAGE(said.find("127.0.0.1 gave no whole answer") == 0, said);
  CHECK(said.find("secret") == std::string::npos);
}

TEST_CASE("a server that stops sending, or drips, is given up after the stated time") {
  ServerAnswer answer{.status = 200, .body = std::string(100000, 'x'), .cut_after = 10, .stall = true};
  MisbehavingServer server([&](const ServerRequest&) { return answer; });
  HttpConnection connection({.stall_seconds = 1, .least_bytes_per_second = 1000});
  const std::string slow = "less than 1000 bytes a second for 1 seconds";
  std::string said = failure(connection, {.url = server.address()}, true);
  CHECK_MESSAGE(said.find(slow) != std::string::npos, said);
  answer.stall = false;
  answer.drip_bytes = 1;
  said = failure(connection, {.url = server.address()}, true);
  CHECK_MESSAGE(said.find(slow) != std::string::npos, said);
}

TEST_CASE("what the sink throws reaches the caller") {
  MisbehavingServer server([](const ServerRequest&) { return ServerAnswer{.status = 200, .body = "hello"}; });
  HttpConnection connection({});
  const HttpRequest request{.url = server.address(),
                            .sink = [](const HttpAnswer&, std::string_view) { throw std::domain_error("enough"); }};
  CHECK_THROWS_WITH_AS(connection.request(request), "enough", std::domain_error);
}

// HTTP requests through libcurl. Redirects are followed here and not by libcurl, so that a secret
// stays with the host it is meant for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tandem {

/// A request without a usable answer. The message names the host and never the address, which may
/// contain a signature.
class HttpFailure : public std::runtime_error {
 public:
  HttpFailure(const std::string& what, bool worth_retrying)
      : std::runtime_error(what), worth_retrying_(worth_retrying) {}

  bool worth_retrying() const { return worth_retrying_; }

 private:
  bool worth_retrying_;
};

struct HttpAnswer {
  long status = 0;
  std::map<std::string, std::string>
      headers;                    ///< names in lower case; of the last answer, and x-... of redirects from `home`
  std::int64_t wait_seconds = 0;  ///< wait requested by the server; 0: none
  std::string host;               ///< of the last answer

  /// The header's value, or "" if it is absent.
  std::string header(const std::string& name) const;
  /// The length the server claims for the body, or -1.
  std::int64_t content_length() const;
};

struct HttpRequest {
  std::string url;
  bool head = false;            ///< only headers; a redirect away from `home` is then itself the answer
  std::int64_t first_byte = 0;  ///< the requested body starts at this byte
  std::string if_range = {};    ///< ETag of the bytes before; if the file has another now, it is sent from the start
  /// Called with status, headers and the next bytes of a body whose status is 200 or 206. An
  /// exception that it throws ends the request and reaches the caller. Empty: bodies are dropped.
  std::function<void(const HttpAnswer& answer, std::string_view bytes)> sink;
};

struct HttpOptions {
  std::string home;   ///< address whose scheme, host and port receive the token; empty: none does
  std::string token;  ///< empty: none
  int stall_seconds =
      30;  ///< the request fails if the body grows more slowly than `least_bytes_per_second` for this long
  int least_bytes_per_second = 1000;  ///< 0: the request fails only if the body does not grow at all
};

/// Keeps connections open between requests. The first object initialises libcurl.
class HttpConnection {
 public:
  explicit HttpConnection(HttpOptions options);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Follows up to 5 redirects, only http and https and never from https to http. The answer may be
  /// an error (404). Throws HttpFailure if there is no answer.
  HttpAnswer request(const HttpRequest& request);

  /// One part of a path, percent-encoded.
  static std::string encoded(const std::string& part);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tandem

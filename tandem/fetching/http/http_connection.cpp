#include "tandem/fetching/http/http_connection.h"

#include <c10/util/Exception.h>
#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <exception>
#include <utility>

namespace tandem {
namespace {

constexpr int kMostRedirects = 5;
constexpr std::size_t kMostHeaders = 256;
constexpr long kConnectSeconds = 20;

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

struct Origin {
  std::string scheme, host, port;
  bool operator==(const Origin&) const = default;
};

Origin origin_of(const std::string& address) {
  const Url url(curl_url(), curl_url_cleanup);
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) {
    throw HttpFailure("an address that is none", false);
  }
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(url.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return std::string();
    std::string copy = text;
    curl_free(text);
    for (char& c : copy) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return copy;
  };
  return {part(CURLUPART_SCHEME), part(CURLUPART_HOST), part(CURLUPART_PORT)};
}

/// The shared state of one request's callbacks.
struct Transfer {
  CURL* curl;
  const HttpRequest* request;
  HttpAnswer answer;
  std::exception_ptr thrown;
  // The body must grow by a minimum number of bytes in every interval. libcurl's own speed limit
  // does not detect a slow transfer that arrives in bursts.
  std::int64_t stretch_seconds = 0, stretch_bytes = 0;
  std::chrono::steady_clock::time_point stretch_begin = std::chrono::steady_clock::now();
  curl_off_t bytes_before = 0;
  bool too_slow = false;
};

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t size, void* user) {
  auto& headers = static_cast<Transfer*>(user)->answer.headers;
  const std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) headers.clear();  // A proxy's answer or an interim answer came before.
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || headers.size() >= kMostHeaders) return size;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const std::size_t begin = line.find_first_not_of(" \t\r\n", colon + 1);
  headers[name] = begin == std::string_view::npos
                      ? ""
                      : std::string(line.substr(begin, line.find_last_not_of(" \t\r\n") - begin + 1));
  return size;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  curl_easy_getinfo(transfer.curl, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
  if ((transfer.answer.status != 200 && transfer.answer.status != 206) || !transfer.request->sink) return size;
  try {
    transfer.request->sink(transfer.answer, {bytes, size});
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();  // An exception must not pass through libcurl, which is C.
    return 0;
  }
}

/// libcurl calls this at least once per second.
int watch_progress(void* user, curl_off_t, curl_off_t bytes, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  const auto now = std::chrono::steady_clock::now();
  if (now - transfer.stretch_begin < std::chrono::seconds(transfer.stretch_seconds)) return 0;
  transfer.too_slow = bytes - transfer.bytes_before < std::max<std::int64_t>(transfer.stretch_bytes, 1);
  transfer.stretch_begin = now;
  transfer.bytes_before = bytes;
  return transfer.too_slow ? 1 : 0;
}

bool is_worth_retrying(CURLcode code) {
  return code != CURLE_COULDNT_RESOLVE_HOST && code != CURLE_COULDNT_RESOLVE_PROXY && code != CURLE_URL_MALFORMAT &&
         code != CURLE_UNSUPPORTED_PROTOCOL && code != CURLE_PEER_FAILED_VERIFICATION &&
         code != CURLE_SSL_CACERT_BADFILE;
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::int64_t HttpAnswer::content_length() const {
  const std::string text = header("content-length");
  std::int64_t length = -1;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc() && last == text.data() + text.size() && length >= 0 ? length : -1;
}

struct HttpConnection::State {
  HttpOptions options;
  Origin home;
  CURL* curl = nullptr;

  HttpAnswer perform(const HttpRequest& request, const std::string& url, bool with_token);
};

HttpConnection::HttpConnection(HttpOptions options) : state_(std::make_unique<State>()) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  state_->curl = ready == CURLE_OK ? curl_easy_init() : nullptr;
  TORCH_CHECK(state_->curl != nullptr, "HttpConnection: libcurl does not start");
  if (!options.home.empty()) state_->home = origin_of(options.home);
  state_->options = std::move(options);
}

HttpConnection::~HttpConnection() { curl_easy_cleanup(state_->curl); }

HttpAnswer HttpConnection::State::perform(const HttpRequest& request, const std::string& url, bool with_token) {
  Transfer transfer{.curl = curl, .request = &request, .answer = {}, .thrown = nullptr};
  transfer.answer.host = origin_of(url).host;
  char why[CURL_ERROR_SIZE] = {};
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_NOBODY, request.head ? 1L : 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "tandem");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, std::min<long>(kConnectSeconds, options.stall_seconds));
  transfer.stretch_seconds = options.stall_seconds;
  transfer.stretch_bytes = std::int64_t{options.stall_seconds} * options.least_bytes_per_second;
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  const std::string range = std::to_string(request.first_byte) + "-";
  if (request.first_byte > 0) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> if_range(
      request.if_range.empty() ? nullptr : curl_slist_append(nullptr, ("If-Range: " + request.if_range).c_str()),
      curl_slist_free_all);
  if (request.first_byte > 0 && if_range != nullptr) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, if_range.get());
  if (with_token) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, options.token.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  if (code != CURLE_OK) {
    std::string reason = *why != '\0' ? why : curl_easy_strerror(code);
    if (transfer.too_slow) {
      reason = "less than " + std::to_string(options.least_bytes_per_second) + " bytes a second for " +
               std::to_string(options.stall_seconds) + " seconds";
    }
    throw HttpFailure(transfer.answer.host + " gave no whole answer (" + reason + ")", is_worth_retrying(code));
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
  curl_off_t wait_seconds = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait_seconds);
  transfer.answer.wait_seconds = wait_seconds;
  return std::move(transfer.answer);
}

HttpAnswer HttpConnection::request(const HttpRequest& request) {
  std::string url = request.url;
  std::map<std::string, std::string> from_home;  // The hub's data about a file, even if another host has the bytes.
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    const Origin here = origin_of(url);
    const bool home = here == state_->home;
    HttpAnswer answer = state_->perform(request, url, home && !state_->options.token.empty());
    if (home && is_redirect(answer.status)) {
      for (const auto& [name, value] : answer.headers) {
        if (name.starts_with("x-")) from_home.insert({name, value});
      }
    }
    char* next = nullptr;
    if (is_redirect(answer.status)) curl_easy_getinfo(state_->curl, CURLINFO_REDIRECT_URL, &next);
    const bool stays = next == nullptr || (request.head && origin_of(next) != here);
    if (stays) {
      answer.headers.insert(from_home.begin(), from_home.end());
      return answer;
    }
    if (here.scheme == "https" && origin_of(next).scheme != "https") {
      throw HttpFailure(here.host + " leads from https to another protocol", false);
    }
    url = next;
  }
  throw HttpFailure(origin_of(url).host + " leads from one address to the next without end", false);
}

std::string HttpConnection::encoded(const std::string& part) {
  char* text = curl_easy_escape(nullptr, part.c_str(), static_cast<int>(part.size()));
  std::string copy = text == nullptr ? "" : text;
  curl_free(text);
  return copy;
}

}  // namespace tandem

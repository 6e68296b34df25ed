#include "tandem/hub/hub_client.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/hub/content_hash.h"
#include "tandem/hub/growing_file.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

constexpr std::int64_t kLongestWaitSeconds = 60;
constexpr std::size_t kMostListingBytes = std::size_t{64} << 20;

/// W/"abc" -> abc
std::string bare_etag(std::string etag) {
  if (etag.starts_with("W/")) etag.erase(0, 2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return etag;
}

std::int64_t size_in(const HttpAnswer& answer) {
  HttpAnswer linked;
  linked.headers["content-length"] = answer.header("x-linked-size");
  return linked.content_length() >= 0 ? linked.content_length() : answer.content_length();
}

std::string bytes_text(std::int64_t size_bytes) { return std::to_string(size_bytes) + " bytes"; }

}  // namespace

HubClient::HubClient(const HubSettings& settings)
    : settings_(settings),
      connection_({.home = settings.endpoint, .token = settings.token, .stall_seconds = settings.stall_seconds}) {}

void HubClient::check_success(const std::string& asked, const HttpAnswer& answer) const {
  const long status = answer.status;
  if (status >= 200 && status < 400) return;
  const std::string found = answer.host + " answering HTTP " + std::to_string(status);
  if (status == 408 || status == 429 || status >= 500) throw HttpFailure(found, true);
  if (status == 404) throw FileError(asked, "something of that name on the hub", "none (" + found + ")");
  if (status != 401 && status != 403) throw FileError(asked, "an answer from the hub", found);
  // The hub does not tell a stranger a private model from one that is not there.
  throw FileError(asked,
                  settings_.token.empty() ? "a public model, or a token for it in HF_TOKEN"
                                          : "a model that the token may read and whose terms were accepted on its page",
                  found);
}

template <typename Question>
auto HubClient::patiently(const std::string& asked, const Question& question) {
  double wait_seconds = settings_.first_wait_seconds;
  for (int tried = 1;; ++tried, wait_seconds *= 2) {
    try {
      server_wait_seconds_ = 0;
      return question();
    } catch (const HttpFailure& failure) {
      if (!failure.worth_retrying()) throw FileError(asked, "an answer from the hub", failure.what());
      if (tried >= settings_.tries) {
        throw FileError(asked, "an answer from the hub", failure.what() + std::string(" ") + std::to_string(tried) + " times");
      }
    }
    const auto asked_for = static_cast<double>(std::min(server_wait_seconds_, kLongestWaitSeconds));
    std::this_thread::sleep_for(std::chrono::duration<double>(std::max(wait_seconds, asked_for)));
  }
}

std::string HubClient::file_url(const HubName& name, const std::string& commit, const std::string& file) const {
  std::string url = settings_.endpoint + "/" + name.repo + "/resolve/" + commit;
  for (std::size_t begin = 0; begin <= file.size();) {
    const std::size_t slash = std::min(file.find('/', begin), file.size());
    url += "/" + HttpConnection::encoded(file.substr(begin, slash - begin));
    begin = slash + 1;
  }
  return url;
}

HubListing HubClient::list(const HubName& name) {
  const std::string url = settings_.endpoint + "/api/models/" + name.repo + "/revision/" + HttpConnection::encoded(name.revision);
  const std::string body = patiently(name.text(), [&] {
    std::string bytes;
    const HttpAnswer answer = connection_.request({.url = url, .sink = [&](const HttpAnswer&, std::string_view more) {
      if (bytes.size() + more.size() > kMostListingBytes) throw FileError(name.text(), "a list of files below 64 MiB", "a longer one");
      bytes += more;
    }});
    server_wait_seconds_ = answer.wait_seconds;
    check_success(name.text(), answer);
    return bytes;
  });
  const Json json = Json::parse(body, nullptr, false);
  if (!json.is_object()) throw FileError(name.text(), "a JSON object from the hub", json.is_discarded() ? "no JSON" : json_type(json));
  HubListing listing{.commit = json_field<std::string>(json, "sha", name.text())};
  if (!is_commit(listing.commit)) throw FileError(name.text(), "a commit of 40 hexadecimal digits from the hub", "another \"sha\"");
  for (const Json& sibling : json_field<std::vector<Json>>(json, "siblings", name.text())) {
    listing.files.push_back(json_field<std::string>(sibling, "rfilename", name.text()));
  }
  return listing;
}

HubFile HubClient::describe(const HubName& name, const std::string& commit, const std::string& file) {
  const std::string asked = name.text() + "/" + file;
  const HttpAnswer answer = patiently(asked, [&] {
    HttpAnswer head = connection_.request({.url = file_url(name, commit, file), .head = true});
    server_wait_seconds_ = head.wait_seconds;
    check_success(asked, head);
    return head;
  });
  const std::string linked = answer.header("x-linked-etag");
  // A redirect's own ETag and length are of the redirect, not of the file.
  const bool here = answer.status == 200;
  HubFile described{.etag = bare_etag(linked.empty() && here ? answer.header("etag") : linked),
                    .size_bytes = here || !answer.header("x-linked-size").empty() ? size_in(answer) : -1};
  const std::string answered_commit = answer.header("x-repo-commit");
  if (!answered_commit.empty() && answered_commit != commit) throw FileError(asked, "the file at commit " + commit, "another commit's");
  if (!is_content_hash(described.etag)) throw FileError(asked, "an ETag that is a hash of the file", "none");
  if (described.size_bytes < 0) throw FileError(asked, "the size of the file", "none");
  return described;
}

void HubClient::download(const HubName& name, const std::string& commit, const std::string& file, const HubFile& expected,
                         const std::filesystem::path& part, const std::function<void(std::int64_t size_bytes)>& arrived) {
  const std::string asked = name.text() + "/" + file;
  GrowingFile growing(part);
  patiently(asked, [&] {
    if (growing.size_bytes() > expected.size_bytes) growing.begin_anew();
    if (growing.size_bytes() == expected.size_bytes) return;
    bool first = true;
    const auto check_answer = [&](const HttpAnswer& answer) {
      if (answer.status == 200) growing.begin_anew();  // It may not know of ranges; then it sends everything.
      const std::string here = "bytes " + std::to_string(growing.size_bytes()) + "-";
      if (answer.status == 206 && !answer.header("content-range").starts_with(here)) {
        growing.begin_anew();
        throw HttpFailure(answer.host + " sent another part of the file", true);
      }
      const std::int64_t remaining = expected.size_bytes - growing.size_bytes();
      if (answer.content_length() >= 0 && answer.content_length() != remaining) {
        throw FileError(asked, bytes_text(remaining) + " to come", answer.host + " announcing " + bytes_text(answer.content_length()));
      }
    };
    const HttpAnswer answer = connection_.request(
        {.url = file_url(name, commit, file), .first_byte = growing.size_bytes(), .sink = [&](const HttpAnswer& so_far, std::string_view bytes) {
           if (std::exchange(first, false)) check_answer(so_far);
           if (growing.size_bytes() + static_cast<std::int64_t>(bytes.size()) > expected.size_bytes) {
             growing.begin_anew();
             throw FileError(asked, bytes_text(expected.size_bytes), "more");
           }
           growing.append(bytes);
           if (arrived) arrived(growing.size_bytes());
         }});
    server_wait_seconds_ = answer.wait_seconds;
    if (answer.status == 416) {
      growing.begin_anew();
      throw HttpFailure(answer.host + " has no such part of the file", true);
    }
    check_success(asked, answer);
    if (growing.size_bytes() != expected.size_bytes) {
      throw HttpFailure(answer.host + " sent " + std::to_string(growing.size_bytes()) + " of " + bytes_text(expected.size_bytes), true);
    }
  });
}

}  // namespace tandem

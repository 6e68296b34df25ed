#include "tandem/fetching/hub/hub_client.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/fetching/http/download_file.h"
#include "tandem/storage/content_hash.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

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

}  // namespace

HubListing read_listing(std::string_view answer, const std::string& model) {
  const Json json = parse_json(answer, model);
  if (!json.is_object()) throw FileError(model, "a JSON object from the hub", json_type(json));
  HubListing listing{.commit = json_field<std::string>(json, "sha", model)};
  if (!is_commit(listing.commit))
    throw FileError(model, "a commit of 40 hexadecimal digits from the hub", "another \"sha\"");
  for (const Json& sibling : json_field<std::vector<Json>>(json, "siblings", model)) {
    listing.files.push_back(json_field<std::string>(sibling, "rfilename", model));
  }
  return listing;
}

HubClient::HubClient(const HubSettings& settings)
    : settings_(settings),
      patience_{.from_whom = "the hub", .tries = settings.tries, .first_wait_seconds = settings.first_wait_seconds},
      connection_({.home = settings.endpoint, .token = settings.token, .stall_seconds = settings.stall_seconds}) {}

void HubClient::check_success(const std::string& asked, const HttpAnswer& answer) const {
  const long status = answer.status;
  if (status >= 200 && status < 400) return;
  const std::string found = answer.host + " answering HTTP " + std::to_string(status);
  if (status == 408 || status == 429 || status >= 500) throw HttpFailure(found, true);
  if (status == 404) throw FileError(asked, "something of that name on the hub", "none (" + found + ")");
  if (status != 401 && status != 403) throw FileError(asked, "an answer from the hub", found);
  // Without a token, the hub does not distinguish a private model from a missing one.
  throw FileError(asked,
                  settings_.token.empty() ? "a public model, or a token for it in HF_TOKEN"
                                          : "a model that the token may read and whose terms were accepted on its page",
                  found);
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
  const std::string url =
      settings_.endpoint + "/api/models/" + name.repo + "/revision/" + HttpConnection::encoded(name.revision);
  const std::string body = ask_patiently(patience_, name.text(), [&](std::int64_t& server_wait_seconds) {
    std::string bytes;
    const HttpAnswer answer =
        connection_.request({.url = url, .sink = [&](const HttpAnswer&, std::string_view more) {
                               if (bytes.size() + more.size() > kMostListingBytes)
                                 throw FileError(name.text(), "a list of files below 64 MiB", "a longer one");
                               bytes += more;
                             }});
    server_wait_seconds = answer.wait_seconds;
    check_success(name.text(), answer);
    return bytes;
  });
  return read_listing(body, name.text());
}

HubFile HubClient::describe(const HubName& name, const std::string& commit, const std::string& file) {
  const std::string asked = name.text() + "/" + file;
  const HttpAnswer answer = ask_patiently(patience_, asked, [&](std::int64_t& server_wait_seconds) {
    HttpAnswer head = connection_.request({.url = file_url(name, commit, file), .head = true});
    server_wait_seconds = head.wait_seconds;
    check_success(asked, head);
    return head;
  });
  const std::string linked = answer.header("x-linked-etag");
  // A redirect's own ETag and length describe the redirect, not the file.
  const bool here = answer.status == 200;
  HubFile described{.etag = bare_etag(linked.empty() && here ? answer.header("etag") : linked),
                    .size_bytes = here || !answer.header("x-linked-size").empty() ? size_in(answer) : -1};
  const std::string answered_commit = answer.header("x-repo-commit");
  if (!answered_commit.empty() && answered_commit != commit)
    throw FileError(asked, "the file at commit " + commit, "another commit's");
  if (!is_content_hash(described.etag)) throw FileError(asked, "an ETag that is a hash of the file", "none");
  if (described.size_bytes < 0) throw FileError(asked, "the size of the file", "none");
  return described;
}

void HubClient::download(const HubName& name, const std::string& commit, const std::string& file,
                         const HubFile& expected, const std::filesystem::path& part,
                         const std::function<void(std::int64_t size_bytes)>& arrived) {
  const std::string asked = name.text() + "/" + file;
  download_file(connection_, patience_,
                {.asked = asked, .url = file_url(name, commit, file), .size_bytes = expected.size_bytes}, part,
                {.check_success = [&](const HttpAnswer& answer) { check_success(asked, answer); },
                 .arrived =
                     [&](std::int64_t size_bytes, std::int64_t) {
                       if (arrived) arrived(size_bytes);
                     }});
}

}  // namespace tandem

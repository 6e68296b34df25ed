// A hub with one tiny model, as the real one answers: small files from itself, the weights by a
// redirect to another port.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "fetching/http/misbehaving_server.h"
#include "tandem/fetching/hub/hub_settings.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/content_hash.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

namespace tandem::tests {

inline constexpr const char* kRepo = "tiny/model";
inline constexpr const char* kToken = "hf_secretsecret";
inline const std::string kCommit = std::string(39, 'a') + "1";

/// Some bytes that do not repeat.
inline std::string noise(std::size_t size_bytes) {
  std::string bytes;
  for (std::uint32_t state = 1; bytes.size() < size_bytes; state = state * 1664525u + 1013904223u)
    bytes += static_cast<char>(state >> 24);
  return bytes;
}

class TinyHub {
 public:
  ScratchFolder folder;
  std::map<std::string, std::string> files = {{"config.json", "{\"model_type\": \"bert\"}"},
                                              {"tokenizer.json", "{\"tokens\": []}"},
                                              {"1_Pooling/config.json", "{}"},
                                              {"README.md", "not wanted"},
                                              {"pytorch_model.bin", "not wanted either"},
                                              {"model.safetensors", noise(300000)}};
  std::string commit = kCommit;
  /// May change an answer of the hub or of the other host before it is sent.
  std::function<void(const ServerRequest&, ServerAnswer&)> change_hub, change_store;

  MisbehavingServer store{[this](const ServerRequest& request) { return answer_store(request); }};
  MisbehavingServer hub{[this](const ServerRequest& request) { return answer_hub(request); }};

  HubSettings settings() const {
    return {.cache = folder / "hub",
            .endpoint = hub.address(),
            .token = kToken,
            .stall_seconds = 2,
            .tries = 4,
            .first_wait_seconds = 0.001};
  }

  std::string etag(const std::string& file) const {
    const std::filesystem::path copy = folder / ("hashed-" + std::to_string(file.size()));
    write_file(copy, files.at(file));
    return content_hash_like(std::string(is_large(file) ? 64 : 40, '0'), copy);
  }

  std::filesystem::path model_folder() const { return folder / "hub" / "models--tiny--model"; }
  std::filesystem::path snapshot() const { return model_folder() / "snapshots" / commit; }
  std::filesystem::path weights_blob() const { return model_folder() / "blobs" / etag("model.safetensors"); }
  std::filesystem::path weights_part() const { return weights_blob().string() + ".incomplete"; }

 private:
  static bool is_large(const std::string& file) { return file.ends_with(".safetensors"); }

  static ServerAnswer bytes(const ServerRequest& request, const std::string& content) {
    const std::size_t first = std::min(request.first_byte(), content.size());
    if (first == 0) return {.body = content};
    return {.status = 206,
            .headers = {{"Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(content.size() - 1) +
                                              "/" + std::to_string(content.size())}},
            .body = content.substr(first)};
  }

  ServerAnswer answer_hub(const ServerRequest& request) {
    ServerAnswer answer = hub_answer(request);
    if (change_hub) change_hub(request, answer);
    return answer;
  }

  ServerAnswer hub_answer(const ServerRequest& request) {
    if (request.path == "/api/models/tiny/model/revision/main" ||
        request.path == "/api/models/tiny/model/revision/" + commit) {
      Json listing = {{"sha", commit}, {"siblings", Json::array()}};
      for (const auto& [name, content] : files) listing["siblings"].push_back({{"rfilename", name}});
      return {.body = listing.dump()};
    }
    const std::string prefix = "/tiny/model/resolve/" + commit + "/";
    const std::string file = request.path.starts_with(prefix) ? request.path.substr(prefix.size()) : "";
    if (files.count(file) == 0) return {.status = 404};
    if (!is_large(file)) {
      ServerAnswer answer = bytes(request, files.at(file));
      answer.headers.insert({{"X-Repo-Commit", commit},
                             {"ETag", "\"" + etag(file) + "\""},
                             {"Content-Length", std::to_string(answer.body.size())}});
      return answer;
    }
    return {.status = 302,
            .headers = {{"Location", store.address() + "/" + file + "?Signature=private"},
                        {"X-Repo-Commit", commit},
                        {"ETag", "\"of the redirect\""},
                        {"X-Linked-Etag", "\"" + etag(file) + "\""},
                        {"X-Linked-Size", std::to_string(files.at(file).size())}}};
  }

  ServerAnswer answer_store(const ServerRequest& request) {
    ServerAnswer answer = bytes(request, files.at(request.path.substr(1, request.path.find('?') - 1)));
    if (change_store) change_store(request, answer);
    return answer;
  }
};

}  // namespace tandem::tests

#include "tandem/fetching/hub/hub_settings.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

Path home() { return variable("HOME").value_or("/"); }

std::optional<Path> path_variable(const char* name) {
  const std::optional<std::string> value = variable(name);
  if (!value) return std::nullopt;
  return *value == "~" || value->starts_with("~/") ? home() / value->substr(std::min<std::size_t>(2, value->size()))
                                                   : Path(*value);
}

bool is_true(const char* name) {
  std::string value = variable(name).value_or("");
  for (char& c : value) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

std::string read_token(const Path& hugging_face) {
  Path where = "HF_TOKEN";
  std::string token = trimmed(variable("HF_TOKEN").value_or(""));
  if (token.empty()) {
    constexpr std::size_t kMostBytes = 1 << 16;
    where = path_variable("HF_TOKEN_PATH").value_or(hugging_face / "token");
    if (std::filesystem::exists(where)) token = trimmed(read_file(where, kMostBytes));
  }
  // The token becomes a line of a request; a line break in it could add another line.
  const bool printable = std::all_of(token.begin(), token.end(), [](unsigned char c) { return std::isgraph(c) != 0; });
  if (!printable) throw FileError(where, "a token of letters and digits", "spaces or control characters in it");
  return token;
}

}  // namespace

HubSettings hub_settings_from_environment() {
  HubSettings settings;
  const Path caches = path_variable("XDG_CACHE_HOME").value_or(home() / ".cache");
  const Path hugging_face = path_variable("HF_HOME").value_or(caches / "huggingface");
  settings.cache = path_variable("HF_HUB_CACHE").value_or(hugging_face / "hub");
  settings.endpoint = variable("HF_ENDPOINT").value_or(settings.endpoint);
  while (settings.endpoint.ends_with('/')) settings.endpoint.pop_back();
  if (!settings.endpoint.starts_with("https://") && !settings.endpoint.starts_with("http://")) {
    throw FileError("HF_ENDPOINT", "an address that begins with https://", "another");
  }
  settings.token = read_token(hugging_face);
  settings.offline = is_true("HF_HUB_OFFLINE");
  if (const std::optional<std::string> seconds = variable("HF_HUB_DOWNLOAD_TIMEOUT")) {
    const char* end = seconds->data() + seconds->size();
    const auto [last, error] = std::from_chars(seconds->data(), end, settings.stall_seconds);
    if (error != std::errc() || last != end || settings.stall_seconds < 1) {
      throw FileError("HF_HUB_DOWNLOAD_TIMEOUT", "a whole number of seconds from 1 on", "\"" + *seconds + "\"");
    }
  }
  return settings;
}

}  // namespace tandem

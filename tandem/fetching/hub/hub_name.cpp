#include "tandem/fetching/hub/hub_name.h"

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr std::string_view kPrefix = "hf:";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
constexpr std::size_t kLongestName = 96;  // The hub's own limit.

bool is_word(std::string_view word) {
  return !word.empty() && word.size() <= kLongestName && word.find_first_not_of(kLetters) == std::string_view::npos &&
         word.front() != '.' && word.front() != '-' && word.find("..") == std::string_view::npos;
}

/// Words between slashes, at most `most` of them.
bool are_words(std::string_view text, int most) {
  for (int words = 1; words <= most; ++words) {
    const std::size_t slash = text.find('/');
    if (!is_word(text.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace

std::string HubName::text() const { return std::string(kPrefix) + repo + (revision == "main" ? "" : "@" + revision); }

bool is_hub_name(std::string_view text) { return text.starts_with(kPrefix); }

HubName parse_hub_name(std::string_view text) {
  const std::string_view name = is_hub_name(text) ? text.substr(kPrefix.size()) : std::string_view();
  const std::size_t at = name.find('@');
  HubName parsed{.repo = std::string(name.substr(0, at))};
  if (at != std::string_view::npos) parsed.revision = name.substr(at + 1);
  // "--" stands for the slash in the cache's folder names, so the hub has no such model.
  if (!are_words(parsed.repo, 2) || parsed.repo.find("--") != std::string::npos || !are_words(parsed.revision, 8)) {
    throw FileError(std::string(text), "a model's name, hf:ORG/NAME or hf:ORG/NAME@REVISION",
                    "letters or parts that are in none");
  }
  return parsed;
}

bool is_commit(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace tandem

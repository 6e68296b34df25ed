#include "tandem/data/split_in_name.h"

#include <cctype>
#include <string>

#include "tandem/parsing/caption_text.h"

namespace tandem {

std::optional<Split> split_in_name(std::string_view name) {
  std::string word;
  for (const char c : lower_case(name) + ".") {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      word += c;
      continue;
    }
    if (const auto split = word == "none" ? std::nullopt : split_named(word)) return split;
    word.clear();
  }
  return std::nullopt;
}

}  // namespace tandem

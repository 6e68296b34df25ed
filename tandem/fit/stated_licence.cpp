#include "tandem/fit/stated_licence.h"

#include <fstream>
#include <string_view>

#include "tandem/base/printable.h"

namespace tandem {
namespace {

/// Lines of a front matter, and blank lines before a licence, that are read at most.
constexpr int kMostLines = 500;
constexpr std::size_t kLongestLine = 4096;

std::string trimmed(const std::string& text) {
  const std::string_view blank = " \t\r\"'#*";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

bool next_line(std::istream& in, std::string& line) {
  line.clear();
  for (int c = in.get(); c != std::char_traits<char>::eof(); c = in.get()) {
    if (c == '\n') return true;
    if (line.size() < kLongestLine) line += static_cast<char>(c);
  }
  return !line.empty();
}

/// "apache-2.0" of "---\nlicense: apache-2.0\n---".
std::string licence_of_card(const std::filesystem::path& card) {
  constexpr std::string_view kKey = "license:";
  std::ifstream in(card);
  std::string line;
  if (!next_line(in, line) || trimmed(line) != "---") return "";
  for (int i = 0; i < kMostLines && next_line(in, line) && trimmed(line) != "---"; ++i) {
    if (line.starts_with(kKey)) return trimmed(line.substr(kKey.size()));
  }
  return "";
}

std::string first_words(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  for (int i = 0; i < kMostLines && next_line(in, line); ++i) {
    if (const std::string words = trimmed(line); !words.empty()) return words;
  }
  return "";
}

}  // namespace

std::string stated_licence(const std::filesystem::path& folder) {
  std::error_code error;
  std::string found = licence_of_card(folder / "README.md");
  for (const char* name : {"LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING"}) {
    if (found.empty() && std::filesystem::is_regular_file(folder / name, error)) found = first_words(folder / name);
  }
  return printable(found);
}

}  // namespace tandem

#include "tandem/sweep/toml_file.h"

#include <toml++/toml.h>

#include <algorithm>

#include "tandem/storage/json_depth.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr std::size_t kLargestBytes = std::size_t{1} << 20;
constexpr std::size_t kMostParts = 16;    // of "grid.loss.kind"
constexpr std::size_t kLongestKey = 200;  // characters that lead to a value

std::filesystem::path at_line(const std::filesystem::path& path, int line) {
  return path.string() + ":" + std::to_string(line);
}

std::string below(const std::string& key, const std::string& name) { return key.empty() ? name : key + "." + name; }

/// The end of the string that begins at `begin`, or of the text where it is not closed (TOML 1.0,
/// "String").
std::size_t end_of_string(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  const std::string three(3, quote);
  const bool long_one = text.substr(begin).starts_with(three);
  for (std::size_t i = begin + (long_one ? 3 : 1); i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (!long_one && (text[i] == quote || text[i] == '\n')) {
      return i + 1;
    } else if (long_one && text.substr(i).starts_with(three)) {
      for (i += 3; i < text.size() && text[i] == quote;) ++i;  // One or two more belong to the string.
      return i;
    }
  }
  return text.size();
}

/// The parser's tables lie in each other, one for each part of "a.b.c", and are taken apart by a
/// function that calls itself: keys of very many parts are refused before it sees them.
void check_dotted_keys(std::string_view text, const std::filesystem::path& path) {
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\'') {
      i = end_of_string(text, i);
      continue;
    }
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) dots = 0;
    if (c == '.' && ++dots >= kMostParts) {
      const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i), '\n');
      throw FileError(at_line(path, static_cast<int>(line)), "keys of at most " + std::to_string(kMostParts) + " parts",
                      "more");
    }
    ++i;
  }
}

Json read_value(TomlFile& file, const toml::node& node, const std::string& key);

Json read_table(TomlFile& file, const toml::table& table, const std::string& key) {
  Json object = Json::object();
  for (const auto& [name, value] : table) {
    const std::string inner = below(key, std::string(name.str()));
    if (inner.size() > kLongestKey)
      throw file.wrong(key, "keys of at most " + std::to_string(kLongestKey) + " characters", "longer ones");
    file.lines[inner] = static_cast<int>(name.source().begin.line);
    object[std::string(name.str())] = read_value(file, value, inner);
  }
  return object;
}

Json read_list(TomlFile& file, const toml::array& array, const std::string& key) {
  Json list = Json::array();
  for (const toml::node& value : array) {
    const std::string inner = below(key, std::to_string(list.size()));
    file.lines[inner] = static_cast<int>(value.source().begin.line);
    list.push_back(read_value(file, value, inner));
  }
  return list;
}

Json read_value(TomlFile& file, const toml::node& node, const std::string& key) {
  const auto levels = static_cast<std::size_t>(std::count(key.begin(), key.end(), '.'));
  if (levels >= kDeepestJson)
    throw file.wrong(key, "tables and lists of at most " + std::to_string(kDeepestJson) + " levels", "more");
  if (const auto* table = node.as_table()) return read_table(file, *table, key);
  if (const auto* array = node.as_array()) return read_list(file, *array, key);
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return number->get();
  if (const auto* number = node.as_floating_point()) return number->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  throw file.wrong(key, "a string, number, truth value, list or table for \"" + key + "\"", "a date or time");
}

}  // namespace

FileError TomlFile::wrong(const std::string& key, std::string_view expected, std::string_view found) const {
  const auto line = lines.find(key);
  return {line == lines.end() ? path : at_line(path, line->second), expected, found};
}

TomlFile read_toml(const std::filesystem::path& path) {
  const std::string text = read_file(path, kLargestBytes);
  TomlFile file{.path = path};
  check_dotted_keys(text, path);
  try {
    const toml::table table = toml::parse(text);
    file.values = read_table(file, table, "");
  } catch (const toml::parse_error& error) {
    throw FileError(at_line(path, static_cast<int>(error.source().begin.line)), "TOML", error.description());
  }
  return file;
}

}  // namespace tandem

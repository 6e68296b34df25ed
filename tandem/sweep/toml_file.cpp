#include "tandem/sweep/toml_file.h"

#include <toml++/toml.h>

#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr std::size_t kLargestBytes = std::size_t{1} << 20;

std::filesystem::path at_line(const std::filesystem::path& path, int line) { return path.string() + ":" + std::to_string(line); }

std::string below(const std::string& key, const std::string& name) { return key.empty() ? name : key + "." + name; }

Json read_value(TomlFile& file, const toml::node& node, const std::string& key);

Json read_table(TomlFile& file, const toml::table& table, const std::string& key) {
  Json object = Json::object();
  for (const auto& [name, value] : table) {
    const std::string inner = below(key, std::string(name.str()));
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
  try {
    const toml::table table = toml::parse(text);
    file.values = read_table(file, table, "");
  } catch (const toml::parse_error& error) {
    throw FileError(at_line(path, static_cast<int>(error.source().begin.line)), "TOML", error.description());
  }
  return file;
}

}  // namespace tandem

// JSON documents whose errors name the file and the field.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/storage/json_number.h"

namespace tandem {

using Json = nlohmann::json;

/// The document in a text.
/// Throws FileError naming `place` if the text is not UTF-8, is not JSON (with line and column),
/// has more than kDeepestJson levels, or if an object in it has a field twice.
Json parse_json(std::string_view text, const std::filesystem::path& place);

/// The document in a text, or nothing if the text is not UTF-8, is not JSON, or is too deep.
std::optional<Json> json_in(std::string_view text);

/// parse_json of a file. Throws FileError also if the file is missing or larger than 256 MiB.
Json read_json(const std::filesystem::path& path);

/// Writes the document, indented, atomically. Throws FileError if the file cannot be written.
void write_json(const std::filesystem::path& path, const Json& document);

/// As write_json, with a field "checksum" over all the other fields.
void write_checked_json(const std::filesystem::path& path, Json document);

/// Reads a file of write_checked_json; the result lacks the field "checksum". Throws FileError as
/// read_json does, and if that field is missing or does not fit the other fields.
Json read_checked_json(const std::filesystem::path& path);

/// "a number", "a string", "an object", ...: for the "found" half of a FileError.
std::string json_type(const Json& value);

/// The field `name` of the object `parent`.
/// Throws FileError naming file and field if the field is absent, has another type, or is a number
/// that T cannot hold exactly: 2.5 or 1e30 for an integer type, a negative number for an unsigned
/// type.
template <typename T>
T json_field(const Json& parent, std::string_view name, const std::filesystem::path& path) {
  const auto field = parent.is_object() ? parent.find(name) : parent.end();
  const std::string quoted = "\"" + std::string(name) + "\"";
  if (!parent.is_object() || field == parent.end()) throw FileError(path, "a field " + quoted, "none");
  if (const Json* misread = NumbersIn<T>::misread(*field)) {
    throw FileError(path, NumbersIn<T>::words() + " as field " + quoted, json_type(*misread));
  }
  try {
    return field->template get<T>();
  } catch (const nlohmann::json::exception&) {
    throw FileError(path, "a field " + quoted + " of the right type", json_type(*field));
  }
}

/// The same, or `otherwise` if the field is absent or null.
template <typename T>
T json_field_or(const Json& parent, std::string_view name, T otherwise, const std::filesystem::path& path) {
  if (parent.is_object() && (!parent.contains(name) || parent.at(std::string(name)).is_null())) return otherwise;
  return json_field<T>(parent, name, path);
}

/// The whole number `name`, in [lowest, highest]. Throws FileError naming the field if it is absent
/// or anything else.
std::int64_t json_integer(const Json& parent, std::string_view name, std::int64_t lowest, std::int64_t highest,
                          const std::filesystem::path& path);

/// The number `name`, finite and above 0. Throws FileError naming the field if it is absent or
/// anything else.
double json_positive(const Json& parent, std::string_view name, const std::filesystem::path& path);

}  // namespace tandem

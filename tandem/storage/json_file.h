// JSON documents that name the file and the field when something is off.
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "tandem/base/errors.h"

namespace tandem {

using Json = nlohmann::json;

/// Throws FileError if the file is missing, larger than 256 MiB, not UTF-8 or not JSON (with line and column), or if an object in
/// it has a field twice.
Json read_json(const std::filesystem::path& path);

/// Writes the document, indented, atomically.
void write_json(const std::filesystem::path& path, const Json& document);

/// As write_json, with a field "checksum" over all the others.
void write_checked_json(const std::filesystem::path& path, Json document);

/// Throws FileError if the field "checksum" is missing or does not fit the other fields. The result is without it.
Json read_checked_json(const std::filesystem::path& path);

/// "a number", "a string", "an object", ...: for the "found" half of a complaint.
std::string json_type(const Json& value);

/// Whether `value` is a T as it stands. The library's own conversion makes 2 of 2.5, 1 of true and -1 of 2^64 - 1.
template <typename T>
struct JsonHolds {
  static bool test(const Json& value) {
    if constexpr (std::is_same_v<T, bool>) {
      return value.is_boolean();
    } else if constexpr (std::is_integral_v<T>) {
      if (value.is_number_unsigned()) return std::in_range<T>(value.get<std::uint64_t>());
      return value.is_number_integer() && std::in_range<T>(value.get<std::int64_t>());
    } else if constexpr (std::is_floating_point_v<T>) {
      return value.is_number() && std::isfinite(value.get<T>());
    } else {
      return true;  // Of these the library's conversion is strict.
    }
  }
};

template <typename Element>
struct JsonHolds<std::vector<Element>> {
  static bool test(const Json& value) {
    if (!value.is_array()) return false;
    for (const Json& element : value) {
      if (!JsonHolds<Element>::test(element)) return false;
    }
    return true;
  }
};

template <typename First, typename Second>
struct JsonHolds<std::pair<First, Second>> {
  static bool test(const Json& value) {
    return value.is_array() && value.size() == 2 && JsonHolds<First>::test(value[0]) && JsonHolds<Second>::test(value[1]);
  }
};

/// The field `name` of the object `parent`. Numbers are strict: a whole number has no fraction and fits, none is true or false.
/// Throws FileError naming file and field if it is absent or of another type.
template <typename T>
T json_field(const Json& parent, std::string_view name, const std::filesystem::path& path) {
  const auto field = parent.is_object() ? parent.find(name) : parent.end();
  const std::string quoted = "\"" + std::string(name) + "\"";
  if (!parent.is_object() || field == parent.end()) throw FileError(path, "a field " + quoted, "none");
  const auto wrong = [&] { return FileError(path, "a field " + quoted + " of the right type", json_type(*field)); };
  if (!JsonHolds<T>::test(*field)) throw wrong();
  try {
    return field->template get<T>();
  } catch (const nlohmann::json::exception&) {
    throw wrong();
  }
}

/// The same, or `otherwise` where the field is absent or null.
template <typename T>
T json_field_or(const Json& parent, std::string_view name, T otherwise, const std::filesystem::path& path) {
  if (parent.is_object() && (!parent.contains(name) || parent.at(std::string(name)).is_null())) return otherwise;
  return json_field<T>(parent, name, path);
}

/// The whole number `name` from `lowest` to `highest`. Throws FileError naming the field if it is absent or anything else.
std::int64_t json_integer(const Json& parent, std::string_view name, std::int64_t lowest, std::int64_t highest,
                          const std::filesystem::path& path);

/// The finite number `name` above 0. Throws FileError naming the field if it is absent or anything else.
double json_positive(const Json& parent, std::string_view name, const std::filesystem::path& path);

}  // namespace tandem

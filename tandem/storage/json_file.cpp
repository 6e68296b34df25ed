#include "tandem/storage/json_file.h"

#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_depth.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/repeated_key.h"

namespace tandem {
namespace {

constexpr std::size_t kLargestDocumentBytes = std::size_t{256} << 20;
constexpr const char* kChecksumField = "checksum";

std::string field_checksum(const Json& document) { return checksum_of(json_line(document)); }

}  // namespace

Json parse_json(std::string_view text, const std::filesystem::path& place) {
  if (is_too_deep_json(text))
    throw FileError(place, "JSON of at most " + std::to_string(kDeepestJson) + " levels", "more");
  Json document;
  try {
    document = Json::parse(text);
  } catch (const Json::exception& error) {  // parse_error, or out_of_range for a number too large
    // The library's message starts with its own name and number: "[json.exception.parse_error.101]
    // parse error at ...".
    std::string reason = error.what();
    if (const std::size_t end = reason.find("] "); end != std::string::npos) reason = reason.substr(end + 2);
    throw FileError(place, "a JSON document", text.empty() ? "an empty file" : reason);
  }
  if (const std::optional<std::string> repeated = repeated_key(text)) {
    throw FileError(place, "each field of an object once", json_type(Json(*repeated)) + " twice");
  }
  return document;
}

std::optional<Json> json_in(std::string_view text) {
  if (is_too_deep_json(text)) return std::nullopt;
  Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return std::nullopt;
  return document;
}

Json read_json(const std::filesystem::path& path) { return parse_json(read_file(path, kLargestDocumentBytes), path); }

void write_json(const std::filesystem::path& path, const Json& document) {
  write_file(path, json_text(document) + "\n");
}

void write_checked_json(const std::filesystem::path& path, Json document) {
  document.erase(kChecksumField);
  document[kChecksumField] = field_checksum(document);
  write_json(path, document);
}

Json read_checked_json(const std::filesystem::path& path) {
  Json document = read_json(path);
  const auto written = json_field<std::string>(document, kChecksumField, path);
  document.erase(kChecksumField);
  const std::string found = field_checksum(document);
  if (written != found)
    throw FileError(path, "content with checksum " + written,
                    "checksum " + found + ": the file was changed or damaged");
  return document;
}

std::string json_type(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "the string " + json_line(value).substr(0, 80);
    case Json::value_t::boolean:
      return value.get<bool>() ? "true" : "false";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float:
      return "the number " + value.dump();
    default:
      return "something else";
  }
}

std::int64_t json_integer(const Json& parent, std::string_view name, std::int64_t lowest, std::int64_t highest,
                          const std::filesystem::path& path) {
  const auto value = json_field<std::int64_t>(parent, name, path);
  if (value < lowest || value > highest) {
    throw FileError(path,
                    "\"" + std::string(name) + "\" from " + std::to_string(lowest) + " to " + std::to_string(highest),
                    std::to_string(value));
  }
  return value;
}

double json_positive(const Json& parent, std::string_view name, const std::filesystem::path& path) {
  const auto value = json_field<double>(parent, name, path);
  if (!(value > 0)) throw FileError(path, "\"" + std::string(name) + "\" above 0", parent.at(std::string(name)).dump());
  return value;
}

}  // namespace tandem

// Reads a large JSON file from front to back without building its tree, and calls a function for
// each value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tandem {

/// A place is the sequence of keys that leads to a value, "/images/sentences/raw"; lists add
/// nothing to it. A function may be empty if its values are not needed.
struct JsonWalk {
  std::function<void(std::string_view place, std::string& text)> on_text;      ///< may move the text
  std::function<void(std::string_view place, std::int64_t number)> on_number;  ///< integers
  std::function<void(std::string_view place, double number)> on_real;          ///< the other numbers
  std::function<void(std::string_view place)> on_object_end;
};

/// Walks through the file.
/// Throws FileError if the file is missing, naming the line and the byte if it stops being JSON or
/// ends early, and if it has more than kDeepestJson levels. Exceptions of the walk's functions pass
/// through. Integers beyond 64 bits go to on_real.
void walk_json(const std::filesystem::path& file, const JsonWalk& walk);

}  // namespace tandem

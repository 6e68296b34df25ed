// A large JSON file read from front to back without building its tree: what stands where is told as
// it comes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tandem {

/// Places are the keys that lead there, "/images/sentences/raw"; being in a list adds nothing. What
/// is not wanted may stay empty.
struct JsonWalk {
  std::function<void(std::string_view place, std::string& text)> on_text;      ///< may take the text away
  std::function<void(std::string_view place, std::int64_t number)> on_number;  ///< integers
  std::function<void(std::string_view place, double number)> on_real;          ///< the other numbers
  std::function<void(std::string_view place)> on_object_end;
};

/// Throws FileError naming the line and the byte where the file stops being JSON or ends early;
/// what the walk throws passes through. Integers beyond 64 bits are told as reals.
void walk_json(const std::filesystem::path& file, const JsonWalk& walk);

}  // namespace tandem

#include "tandem/parsing/json_walk.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/json_depth.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

/// What was found where the JSON ends or breaks, derived from nlohmann's message.
std::string found_at_fault(std::string_view words) {
  const auto about = [&](const char* cause) { return words.find(cause) != std::string_view::npos; };
  if (about("unexpected end of input")) return "the end of the file";
  if (about("UTF-8")) return "text that is not UTF-8";
  return about("number overflow") ? "a number that is too large" : "something else";
}

class Walker final : public nlohmann::json::json_sax_t {
 public:
  Walker(const std::filesystem::path& file, std::string_view bytes, const JsonWalk& walk)
      : file_(file), bytes_(bytes), walk_(walk) {}

  bool string(std::string& text) override {
    if (walk_.on_text) walk_.on_text(place_, text);
    return true;
  }
  bool number_integer(std::int64_t number) override {
    if (walk_.on_number) walk_.on_number(place_, number);
    return true;
  }
  bool number_unsigned(std::uint64_t number) override {
    constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
    return number <= kLargest ? number_integer(static_cast<std::int64_t>(number))
                              : number_float(static_cast<double>(number), "");
  }
  bool key(std::string& name) override {
    place_.resize(opened_.back());
    place_ += '/';
    place_ += name;
    return true;
  }
  bool start_object(std::size_t) override { return open(); }
  bool end_object() override {
    place_.resize(opened_.back());
    opened_.pop_back();
    if (walk_.on_object_end) walk_.on_object_end(place_);
    return true;
  }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override {
    place_.resize(opened_.back());
    opened_.pop_back();
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_float(double number, const std::string&) override {
    if (walk_.on_real) walk_.on_real(place_, number);
    return true;
  }
  bool binary(nlohmann::json::binary_t&) override { return true; }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception& error) override {
    const std::size_t place = std::min(byte, bytes_.size());  // the last byte that was looked at
    const auto line = 1 + std::count(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(place), '\n');
    throw FileError(
        file_, "JSON from beginning to end",
        found_at_fault(error.what()) + " on line " + std::to_string(line) + ", byte " + std::to_string(place));
  }

 private:
  bool open() {
    if (opened_.size() == kDeepestJson)
      throw FileError(file_, "JSON of at most " + std::to_string(kDeepestJson) + " levels", "more");
    opened_.push_back(place_.size());
    return true;
  }

  const std::filesystem::path& file_;
  std::string_view bytes_;
  const JsonWalk& walk_;
  std::string place_;
  std::vector<std::size_t> opened_;  // lengths of place_ where objects and lists began
};

}  // namespace

void walk_json(const std::filesystem::path& file, const JsonWalk& walk) {
  const MappedFile map(file);
  Walker walker(file, map.bytes(), walk);
  nlohmann::json::sax_parse(map.bytes().begin(), map.bytes().end(), &walker);
}

}  // namespace tandem

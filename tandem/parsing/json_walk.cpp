#include "tandem/parsing/json_walk.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

/// Bytes at which the plain run of a text ends: the quote, the backslash, and control characters, which JSON forbids there.
constexpr std::array<bool, 256> kEndsRun = [] {
  std::array<bool, 256> ends{};
  for (int c = 0; c < 0x20; ++c) ends[c] = true;
  ends['"'] = ends['\\'] = true;
  return ends;
}();

void append_utf8(std::string& text, std::uint32_t code_point) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    text += static_cast<char>(0xC0 | code_point >> 6);
    tail(0);
  } else if (code_point < 0x10000) {
    text += static_cast<char>(0xE0 | code_point >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | code_point >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

/// RFC 8259, from front to back. Runs of a text are taken whole; nlohmann's lexer, which took a quarter of COCO's time, goes by the character.
class Walker {
 public:
  Walker(const std::filesystem::path& file, std::string_view bytes, const JsonWalk& walk)
      : file_(file), walk_(walk), begin_(bytes.data()), at_(without_byte_order_mark(bytes).data()), end_(bytes.data() + bytes.size()) {}

  void run() {
    take_value(0);
    skip_space();
    if (at_ != end_) fail();
  }

 private:
  [[noreturn]] void fail(const char* found = "something else") const { fail_at(at_, found); }

  [[noreturn]] void fail_at(const char* place, const char* found) const {
    throw FileError(file_, "JSON from beginning to end", std::string(place == end_ ? "the end of the file" : found) + " on line " +
                                                             std::to_string(1 + std::count(begin_, place, '\n')) + ", byte " + std::to_string(place - begin_ + 1));
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool takes(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  void need(char c) {
    if (!takes(c)) fail();
  }

  void take_value(int depth) {
    constexpr int kDeepest = 256;
    skip_space();
    if (at_ == end_) fail();
    switch (*at_) {
      case '{':
      case '[':
        if (depth == kDeepest) throw FileError(file_, "JSON of at most 256 levels", "more");
        return *at_ == '{' ? take_object(depth) : take_list(depth);
      case '"':
        take_text(text_);
        if (walk_.on_text) walk_.on_text(place_, text_);
        return;
      case 't': return take_word("true");
      case 'f': return take_word("false");
      case 'n': return take_word("null");
      default: take_number();
    }
  }

  void take_object(int depth) {
    const std::size_t above = place_.size();
    ++at_;
    skip_space();
    if (!takes('}')) {
      do {
        skip_space();
        if (at_ == end_ || *at_ != '"') fail();
        take_text(key_);
        place_.resize(above);
        place_ += '/';
        place_ += key_;
        skip_space();
        need(':');
        take_value(depth + 1);
        skip_space();
      } while (takes(','));
      need('}');
    }
    place_.resize(above);
    if (walk_.on_object_end) walk_.on_object_end(place_);
  }

  void take_list(int depth) {
    ++at_;
    skip_space();
    if (takes(']')) return;
    do {
      take_value(depth + 1);
      skip_space();
    } while (takes(','));
    need(']');
  }

  /// From the opening quote to behind the closing one.
  void take_text(std::string& text) {
    const char* run = ++at_;
    text.clear();
    for (;;) {
      while (at_ != end_ && !kEndsRun[static_cast<unsigned char>(*at_)]) ++at_;
      const std::string_view plain(run, static_cast<std::size_t>(at_ - run));
      if (!is_utf8(plain) && at_ != end_) fail_foreign(plain);
      text.append(plain);
      if (at_ == end_ || (*at_ != '"' && *at_ != '\\')) fail();
      if (*at_++ == '"') return;
      take_escape(text);
      run = at_;
    }
  }

  /// Names the first byte that does not go on as UTF-8.
  [[noreturn]] void fail_foreign(std::string_view plain) const {
    const char* place = plain.data();
    while (place != at_) {
      std::size_t length = 1;
      const std::size_t left = static_cast<std::size_t>(at_ - place);
      while (length <= std::min<std::size_t>(4, left) && !is_utf8({place, length})) ++length;
      if (length > std::min<std::size_t>(4, left)) break;
      place += length;
    }
    fail_at(place, "text that is not UTF-8");
  }

  void take_escape(std::string& text) {
    if (at_ == end_) fail();
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t letter = kLetters.find(*at_); letter != std::string_view::npos) {
      text += kMeanings[letter];
      ++at_;
      return;
    }
    std::uint32_t code_point = take_code_unit();
    if (code_point >= 0xD800 && code_point < 0xDC00) {  // the first half of a pair (RFC 2781)
      need('\\');
      const std::uint32_t second = take_code_unit();
      if (second < 0xDC00 || second > 0xDFFF) fail();
      code_point = 0x10000 + ((code_point - 0xD800) << 10) + (second - 0xDC00);
    } else if (code_point >= 0xDC00 && code_point <= 0xDFFF) {
      fail();
    }
    append_utf8(text, code_point);
  }

  /// u and four hexadecimal digits.
  std::uint32_t take_code_unit() {
    need('u');
    std::uint32_t unit = 0;
    const char* const stop = end_ - at_ < 4 ? end_ : at_ + 4;
    const char* const read = std::from_chars(at_, stop, unit, 16).ptr;
    at_ = read;
    if (stop - read != 0 || stop == end_) fail();
    return unit;
  }

  void take_word(std::string_view word) {
    for (const char c : word) need(c);
  }

  void take_digits() {
    if (at_ == end_ || *at_ < '0' || *at_ > '9') fail();
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  }

  void take_number() {
    const char* const first = at_;
    takes('-');
    if (!takes('0')) take_digits();
    bool whole = true;
    if (takes('.')) {
      whole = false;
      take_digits();
    }
    if (takes('e') || takes('E')) {
      whole = false;
      if (!takes('+')) takes('-');
      take_digits();
    }
    std::int64_t number = 0;
    if (whole && std::from_chars(first, at_, number).ec == std::errc()) {
      if (walk_.on_number) walk_.on_number(place_, number);
      return;
    }
    double real = 0;
    if (std::from_chars(first, at_, real).ec != std::errc()) fail_at(first, "a number that is too large or too small");
    if (walk_.on_real) walk_.on_real(place_, real);
  }

  const std::filesystem::path& file_;
  const JsonWalk& walk_;
  const char *const begin_, *at_, *const end_;
  std::string place_, text_, key_;
};

}  // namespace

void walk_json(const std::filesystem::path& file, const JsonWalk& walk) {
  const MappedFile map(file);
  Walker(file, map.bytes(), walk).run();
}

}  // namespace tandem

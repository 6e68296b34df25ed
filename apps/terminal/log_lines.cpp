#include "apps/terminal/log_lines.h"

#include <sys/uio.h>

#include <algorithm>

namespace tandem::apps {
namespace {

constexpr std::size_t kMostParts = 6;

/// Without control sequences, "ESC [ numbers letter".
std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\033') {
      plain += text[i];
      continue;
    }
    if (i + 1 < text.size() && text[i + 1] == '[') ++i;
    do ++i;
    while (i < text.size() && (text[i] < '@' || text[i] > '~'));
  }
  return plain;
}

void put_number(char* at, int digits, int number) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::array<char, 20> utc_text(std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 20> text = {'0', '0', '0', '0', '-', '0', '0', '-', '0', '0',
                               'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z'};
  put_number(&text[0], 4, static_cast<int>(date.year()));
  put_number(&text[5], 2, static_cast<int>(static_cast<unsigned>(date.month())));
  put_number(&text[8], 2, static_cast<int>(static_cast<unsigned>(date.day())));
  put_number(&text[11], 2, static_cast<int>(clock.hours().count()));
  put_number(&text[14], 2, static_cast<int>(clock.minutes().count()));
  put_number(&text[17], 2, static_cast<int>(clock.seconds().count()));
  return text;
}

bool append_line(int file, std::initializer_list<std::string_view> parts) {
  const std::array<char, 20> time = utc_text(std::chrono::system_clock::now());
  std::array<iovec, kMostParts + 3> pieces = {};
  std::size_t count = 0, bytes = 0;
  const auto add = [&](std::string_view text) {
    pieces[count++] = {.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
    bytes += text.size();
  };
  add({time.data(), time.size()});
  add(" ");
  for (const std::string_view part : parts) {
    if (count < kMostParts + 2) add(part);
  }
  add("\n");
  return ::writev(file, pieces.data(), static_cast<int>(count)) == static_cast<ssize_t>(bytes);
}

bool LineCollector::take(char c) {
  if (c == '\n') {
    if (!line().empty()) return true;
    clear();
  } else if (c == '\r') {
    returned_ = true;
  } else {
    if (returned_) clear();
    text_ += c;
  }
  return false;
}

std::string LineCollector::line() const { return without_escapes(text_); }

void LineCollector::clear() {
  text_.clear();
  returned_ = false;
}

}  // namespace tandem::apps

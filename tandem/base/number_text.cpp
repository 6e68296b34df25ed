#include "tandem/base/number_text.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "tandem/base/printable.h"

namespace tandem {

std::string with_thousands(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t i = digits.size(); i > first + 3;) digits.insert(i -= 3, ",");
  return digits;
}

std::string decimal(double number, int places) {
  std::array<char, 64> text = {};
  std::snprintf(text.data(), text.size(), "%.*f", places, number);
  return text.data();
}

std::string clock_text(double seconds) {
  const std::int64_t whole = std::llround(seconds);
  std::array<char, 64> text = {};
  if (whole >= 3600) {
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", static_cast<long long>(whole / 3600),
                  static_cast<long long>(whole / 60 % 60), static_cast<long long>(whole % 60));
  } else {
    std::snprintf(text.data(), text.size(), "%lld:%02lld", static_cast<long long>(whole / 60),
                  static_cast<long long>(whole % 60));
  }
  return text.data();
}

std::string right_aligned(const std::string& text, std::size_t width) {
  const std::string cell = printable(text);
  return cell.size() < width ? std::string(width - cell.size(), ' ') + cell : cell;
}

std::string left_aligned(const std::string& text, std::size_t width) {
  const std::string cell = printable(text);
  return cell.size() < width ? cell + std::string(width - cell.size(), ' ') : cell;
}

}  // namespace tandem

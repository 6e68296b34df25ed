#include "tandem/images/embedded_pictures.h"

#include <webp/decode.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <string>

namespace tandem {
namespace {

constexpr std::string_view kScheme = "data:";
constexpr std::size_t kLongestMediaType = 256;
constexpr std::size_t kHeaderBytes = std::size_t{1} << 20;  // Profiles and thumbnails come before a JPEG's size.

int value_of_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

/// The first bytes of base64 text, up to a character that is not base64. White space, also as XML's
/// "&#10;", and "%0A" do not end it.
std::string decoded_begin(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (std::size_t i = 0; i < text.size() && bytes.size() < kHeaderBytes; ++i) {
    const char c = text[i];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) continue;
    if (text.substr(i).starts_with("&#")) {
      const std::size_t end = text.substr(i, 12).find(';');
      if (end == std::string_view::npos) break;
      i += end;
      continue;
    }
    if (c == '%' && i + 2 < text.size()) {
      i += 2;
      continue;
    }
    const int value = value_of_digit(c);
    if (value < 0) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return bytes;
}

std::int64_t big_endian(std::string_view bytes, std::size_t offset, std::size_t length) {
  std::int64_t value = 0;
  for (const char c : bytes.substr(offset, length)) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// Cannot overflow: a claim is at most 2^31 per side.
std::int64_t area(std::int64_t width, std::int64_t height) { return width * height; }

std::int64_t jpeg_pixels(std::string_view bytes) {
  std::size_t at = 2;
  while (at + 9 <= bytes.size() && bytes[at] == '\xFF') {
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame) return area(big_endian(bytes, at + 7, 2), big_endian(bytes, at + 5, 2));
    at += marker == 0xFF ? 1 : 2 + static_cast<std::size_t>(big_endian(bytes, at + 2, 2));
  }
  return 0;
}

std::int64_t claimed_pixels(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1A\n") && bytes.size() >= 24)
    return area(big_endian(bytes, 16, 4) & 0x7FFFFFFF, big_endian(bytes, 20, 4) & 0x7FFFFFFF);
  if (bytes.starts_with("\xFF\xD8")) return jpeg_pixels(bytes);
  if (bytes.starts_with("GIF8") && bytes.size() >= 10) {
    const auto side = [&](std::size_t at) { return big_endian(bytes, at + 1, 1) << 8 | big_endian(bytes, at, 1); };
    return area(side(6), side(8));
  }
  int width = 0, height = 0;
  const bool is_webp =
      WebPGetInfo(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), &width, &height) != 0;
  return is_webp ? area(width, height) : 0;
}

}  // namespace

std::int64_t embedded_pixels(std::string_view document) {
  std::int64_t total = 0;
  for (std::size_t at = document.find(kScheme); at != std::string_view::npos; at = document.find(kScheme, at)) {
    at += kScheme.size();
    const std::size_t comma = document.substr(at, kLongestMediaType).find(',');
    if (comma == std::string_view::npos) continue;
    const std::string_view media_type = document.substr(at, comma);
    at += comma + 1;
    if (media_type.find(";base64") == std::string_view::npos) continue;
    const std::int64_t pixels = claimed_pixels(decoded_begin(document.substr(at)));
    total += std::min(pixels, std::numeric_limits<std::int64_t>::max() - total);
  }
  return total;
}

}  // namespace tandem

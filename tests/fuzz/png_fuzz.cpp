#include "fuzz/fuzz.h"
#include "tandem/images/png_codec.h"

using namespace tandem;

namespace {

std::uint32_t png_checksum(std::string_view bytes) {
  std::uint32_t checksum = ~0U;
  for (const char c : bytes) {
    checksum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) checksum = (checksum >> 1) ^ ((checksum & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~checksum;
}

/// The chunks with checksums that fit: no random change would ever find one.
std::string with_checksums(std::string bytes) {
  constexpr std::size_t kSignature = 8, kAround = 12;  // A chunk is its length, its name, what it holds, a checksum.
  const auto byte = [&](std::size_t place) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[place]));
  };
  for (std::size_t chunk = kSignature; chunk + kAround <= bytes.size();) {
    const std::size_t length = byte(chunk) << 24 | byte(chunk + 1) << 16 | byte(chunk + 2) << 8 | byte(chunk + 3);
    if (length > bytes.size() - chunk - kAround) break;
    const std::uint32_t checksum = png_checksum(std::string_view(bytes).substr(chunk + 4, length + 4));
    for (std::size_t i = 0; i < 4; ++i) bytes[chunk + 8 + length + i] = static_cast<char>(checksum >> (24 - 8 * i));
    chunk += kAround + length;
  }
  return bytes;
}

}  // namespace

TANDEM_FUZZ_TARGET(png) {
  const std::string_view bytes = fuzz::text_of(data, size);
  fuzz::answer([&] { decode_png(bytes, "x.png", 1 << 20); });
  return fuzz::answer([&] { decode_png(with_checksums(std::string(bytes)), "x.png", 1 << 20); });
}

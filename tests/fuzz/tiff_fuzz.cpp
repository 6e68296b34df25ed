#include "fuzz/fuzz.h"
#include "tandem/images/tiff_codec.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(tiff) {
  return fuzz::answer([&] { decode_tiff(fuzz::text_of(data, size), "x.tiff", 1 << 20); });
}

namespace {

std::string tiff_integer(std::size_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i);
  return text;
}

std::string tiff_entry(std::size_t tag, std::size_t count, std::size_t value) {
  return tiff_integer(tag, 2) + tiff_integer(4, 2) + tiff_integer(count, 4) + tiff_integer(value, 4);
}

}  // namespace

TANDEM_LARGE_SEEDS(tiff) {
  const std::string head = std::string("II*\0", 4) + tiff_integer(8, 4);
  // 60,000 entries of one tag, and 1000 x 1000 pixels in a million tiles or strips, of which none has data.
  std::string same = head + tiff_integer(60'000, 2);
  for (std::size_t i = 0; i < 60'000; ++i) same += tiff_entry(256, 1, 1);
  const std::string size = tiff_entry(256, 1, 1000) + tiff_entry(257, 1, 1000) + tiff_entry(258, 1, 8);
  const std::string tiles = head + tiff_integer(7, 2) + size + tiff_entry(322, 1, 1) + tiff_entry(323, 1, 1) +
                            tiff_entry(324, 1'000'000, 8) + tiff_entry(325, 1'000'000, 8);
  const std::string strips = head + tiff_integer(6, 2) + size + tiff_entry(273, 1'000'000, 8) + tiff_entry(278, 1, 1) +
                             tiff_entry(279, 1'000'000, 8);
  return {same, tiles + std::string(8'000'000, '\1'), strips + std::string(8'000'000, '\1')};
}

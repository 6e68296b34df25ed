#include "fuzz/fuzz.h"
#include "tandem/images/bmp_codec.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(bmp) {
  return fuzz::answer([&] { decode_bmp(fuzz::text_of(data, size), "x.bmp", 1 << 20); });
}

TANDEM_LARGE_SEEDS(bmp) {
  // RLE8 of 1000 x 1000 pixels: steps to nowhere, ends of lines, runs of one pixel.
  const std::string begin("BM\0\0\0\0\0\0\0\0\x3A\0\0\0\x28\0\0\0\xE8\3\0\0\xE8\3\0\0\1\0\x08\0\1\0\0\0", 34);
  const std::string head = begin + std::string(12, '\0') + std::string("\1\0\0\0\0\0\0\0\0\0\0\0", 12);
  return {head + fuzz::repeated({"\0\2\0\0", 4}, 1'000'000), head + fuzz::repeated({"\0\0", 2}, 1'000'000),
          head + fuzz::repeated({"\1\0", 2}, 1'000'000)};
}

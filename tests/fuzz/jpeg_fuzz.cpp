#include "fuzz/fuzz.h"
#include "tandem/images/jpeg_codec.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(jpeg) {
  return fuzz::answer([&] { decode_jpeg(fuzz::text_of(data, size), "x.jpg", 1 << 20); });
}

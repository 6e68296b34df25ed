#include "fuzz/fuzz.h"
#include "tandem/images/webp_codec.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(webp) {
  return fuzz::answer([&] { decode_webp(fuzz::text_of(data, size), "x.webp", 1 << 20); });
}

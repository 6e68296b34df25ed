#include "fuzz/fuzz.h"
#include "tandem/images/gif_codec.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(gif) {
  return fuzz::answer([&] { decode_gif(fuzz::text_of(data, size), "x.gif", 1 << 20); });
}

TANDEM_LARGE_SEEDS(gif) {
  const std::string screen("GIF89a\xE8\3\xE8\3\x80\0\0\1\2\3\4\5\6", 19);
  const std::string frame(",\0\0\0\0\xE8\3\xE8\3\0\x02", 11);
  return {screen + fuzz::repeated({"!\xFE\0", 3}, 1'000'000), screen + "!\xFE" + fuzz::repeated({"\1x", 2}, 1'000'000),
          screen + frame + fuzz::repeated({"\1\x44", 2}, 1'000'000)};
}

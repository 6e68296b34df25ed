#include "fuzz/fuzz.h"
#include "tandem/images/heif_codec.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(heif) {
  return fuzz::answer([&] { decode_heif(fuzz::text_of(data, size), "x.heic", 1 << 20, 1000); });
}

namespace {

std::string heif_box(const std::string& name, const std::string& content) {
  std::string size;
  for (int i = 3; i >= 0; --i) size += static_cast<char>((content.size() + 8) >> 8 * i);
  return size + name + content;
}

}  // namespace

TANDEM_LARGE_SEEDS(heif) {
  const std::string front = heif_box("ftyp", std::string("heic\0\0\0\0mif1heic", 16)), version(4, '\0');
  std::string deep;
  for (int level = 0; level < 10'000; ++level) deep = heif_box("meta", version + deep);
  return {front + fuzz::repeated(heif_box("free", ""), 500'000), front + deep,
          front + heif_box("meta", version + fuzz::repeated(heif_box("iref", version), 100'000))};
}

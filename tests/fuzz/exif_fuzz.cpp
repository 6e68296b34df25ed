#include "fuzz/fuzz.h"
#include "tandem/images/exif_orientation.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(exif) {
  const int orientation = exif_orientation(fuzz::text_of(data, size));
  if (orientation < 1 || orientation > 8) std::abort();
  return 0;
}

TANDEM_LARGE_SEEDS(exif) {
  const std::string begin("MM\0*\0\0\0\x08\xff\xff", 10);
  return {begin + std::string(65535 * 12, '\0')};
}

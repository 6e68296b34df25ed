#include "fuzz/fuzz.h"
#include "tandem/images/embedded_pictures.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(embedded_pictures) {
  if (embedded_pixels(fuzz::text_of(data, size)) < 0) std::abort();
  return 0;
}

TANDEM_LARGE_SEEDS(embedded_pictures) {
  return {fuzz::repeated("data:", 500'000), fuzz::repeated("data:image/png;base64,iVBORw0KGgo", 100'000),
          "data:;base64," + fuzz::repeated("&#10;", 300'000)};
}

#include "fuzz/fuzz.h"
#include "tandem/parsing/pickled_dict.h"

using namespace tandem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::answer([&] {
    for (const auto& [name, array] : parse_pickled_dict(fuzz::text_of(data, size), "x.pickle").arrays) {
      std::int64_t bytes = 1;
      for (const std::int64_t side : array.shape) bytes *= side;
      if (array.offset < 0 || bytes < 0 || array.offset + bytes > static_cast<std::int64_t>(size)) std::abort();
    }
  });
}

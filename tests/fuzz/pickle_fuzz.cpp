#include "fuzz/fuzz.h"
#include "tandem/parsing/pickled_dict.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(pickle) {
  return fuzz::answer([&] {
    for (const auto& [name, array] : parse_pickled_dict(fuzz::text_of(data, size), "x.pickle").arrays) {
      std::int64_t bytes = 1;
      for (const std::int64_t side : array.shape) bytes *= side;
      if (array.offset < 0 || bytes < 0 || array.offset + bytes > static_cast<std::int64_t>(size)) std::abort();
    }
  });
}

TANDEM_LARGE_SEEDS(pickle) {
  const std::string begin = "\x80\x02";
  return {begin + fuzz::repeated("(", 1'000'000) + ".", begin + fuzz::repeated("]", 1'000'000) + ".",
          begin + fuzz::repeated("}", 500'000) + fuzz::repeated("q\1", 500'000) + "."};
}

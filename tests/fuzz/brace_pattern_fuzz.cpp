#include "fuzz/fuzz.h"
#include "tandem/parsing/brace_pattern.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(brace_pattern) {
  const std::string pattern(fuzz::text_of(data, size));
  if (const auto open = open_pattern(pattern)) open->name(1);
  return fuzz::answer([&] {
    if (expand_braces(pattern, 1000).size() > 1000) std::abort();
  });
}

TANDEM_LARGE_SEEDS(brace_pattern) {
  return {fuzz::repeated("{", 200'000), fuzz::repeated("{0..0}", 20'000), fuzz::repeated("{a,b}", 200'000),
          "{0..999999999999}", "{" + fuzz::repeated(",", 200'000) + "}"};
}

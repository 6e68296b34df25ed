#include "tandem/retrieval/counts.h"

// Plain loops that the compiler turns into vectors; the processor's widest are chosen when the
// program starts. Not under sanitizers: the choice is made before their runtime is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define TANDEM_COUNT_VERSIONS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TANDEM_COUNT_VERSIONS
#endif

namespace tandem {

TANDEM_COUNT_VERSIONS
std::int32_t at_least(const float* row, float bar, std::int64_t size) {
  std::int32_t count = 0;
  for (std::int64_t c = 0; c < size; ++c) count += row[c] >= bar ? 1 : 0;
  return count;
}

TANDEM_COUNT_VERSIONS
void add_at_least(const float* row, const float* bars, std::int64_t size, std::int32_t* counts) {
  for (std::int64_t c = 0; c < size; ++c) counts[c] += row[c] >= bars[c] ? 1 : 0;
}

}  // namespace tandem

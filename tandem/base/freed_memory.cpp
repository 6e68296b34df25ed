#include "tandem/base/freed_memory.h"

#include <malloc.h>

namespace tandem {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kOneGiB = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kOneGiB);
  mallopt(M_TRIM_THRESHOLD, kOneGiB);
#endif
}

}  // namespace tandem

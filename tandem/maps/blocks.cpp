#include "tandem/maps/blocks.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <atomic>

#include "tandem/base/one_thread_products.h"

namespace tandem {

void for_each_block(std::int64_t count, const std::function<void(std::int64_t)>& work) {
  std::atomic<std::int64_t> next = 0;
  // A range of one would run outside a parallel region, and operators in it would use all threads:
  // hence at least two.
  at::parallel_for(0, std::max(at::get_num_threads(), 2), 1, [&](std::int64_t, std::int64_t) {
    const c10::NoGradGuard no_grad;
    const OneThreadProducts same_bits;
    for (std::int64_t i = next++; i < count; i = next++) work(i);
  });
}

}  // namespace tandem

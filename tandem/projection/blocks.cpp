#include "tandem/projection/blocks.h"

#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace tandem {

void for_each_block(std::int64_t count, const std::function<void(std::int64_t)>& work) {
  // A range of one would run outside a parallel region, where operators spread over all threads: hence at
  // least two.
  at::parallel_for(0, std::max<std::int64_t>(count, 2), 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::NoGradGuard no_grad;
    for (std::int64_t i = begin; i < std::min(end, count); ++i) work(i);
  });
}

}  // namespace tandem

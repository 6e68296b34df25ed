// Work in blocks whose results do not depend on the number of threads.
#pragma once

#include <cstdint>
#include <functional>

namespace tandem {

/// Calls work(i) for every i in [0, count), in parallel, each call on one thread. LibTorch
/// operators called inside use only that thread, so their bits depend on the block and not on the
/// number of threads.
void for_each_block(std::int64_t count, const std::function<void(std::int64_t)>& work);

}  // namespace tandem

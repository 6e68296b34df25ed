#include "tandem/base/worker_batches.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace tandem {

std::int64_t for_each_batch(std::int64_t count, int threads, const std::function<void(std::int64_t)>& work,
                            const std::function<void(std::int64_t)>& finished, const StopAsked& stop) {
  if (count <= 0) return 0;
  const std::int64_t wanted = threads > 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
  const int intra_op_before = at::get_num_threads();
  std::atomic<std::int64_t> next = 0;
  std::atomic<bool> stopped = false;
  std::mutex mutex;
  std::exception_ptr failure;

  const auto worker = [&] {
    const c10::InferenceMode no_gradients;
    at::set_num_threads(1);
    // Asked before a batch is taken: every batch that was taken is done, so the done batches are
    // the first ones.
    while (!stopped && !(stop && stop())) {
      const std::int64_t i = next++;
      if (i >= count) return;
      try {
        work(i);
        const std::lock_guard lock(mutex);
        if (finished && !stopped) finished(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        stopped = true;
      }
    }
  };
  std::vector<std::jthread> pool;
  for (std::int64_t i = 0; i < std::min(wanted, count); ++i) {
    try {
      pool.emplace_back(worker);
    } catch (const std::system_error&) {  // The system allows no more threads: those that exist do the work.
      if (pool.empty()) throw;
      break;
    }
  }
  pool.clear();                          // Joins.
  at::set_num_threads(intra_op_before);  // Parts of that setting are global, so the workers changed it for everyone.
  if (failure) std::rethrow_exception(failure);
  return std::min(next.load(), count);
}

}  // namespace tandem

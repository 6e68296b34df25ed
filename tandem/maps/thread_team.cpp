#include "tandem/maps/thread_team.h"

#include <algorithm>

namespace tandem {
namespace {

constexpr std::int64_t kPartsAThread = 4;
constexpr int kSpins = 2000;  // 30 to 100 us: the time between two pieces of work

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// Waits until the value is another than `old`.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int spin = 0; spin < kSpins; ++spin) {
    if (value.load(std::memory_order_acquire) != old) return;
    relax();
  }
  value.wait(old);
}

}  // namespace

ThreadTeam::ThreadTeam(int threads) {
  for (int thread = 1; thread < threads; ++thread) workers_.emplace_back([this, thread] { serve(thread); });
}

ThreadTeam::~ThreadTeam() {
  going_home_ = true;
  round_.fetch_add(1);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadTeam::serve(int thread) {
  for (std::uint32_t seen = 0;;) {
    wait_for_change(round_, seen);
    seen = round_.load();
    if (going_home_) return;
    take_parts(thread);
  }
}

void ThreadTeam::take_parts(int thread) {
  std::uint64_t open = open_.load(std::memory_order_acquire);
  while (static_cast<std::uint32_t>(open) != 0) {
    if (!open_.compare_exchange_weak(open, open - 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
    const auto part = static_cast<std::int64_t>(static_cast<std::uint32_t>(open)) - 1;
    (*work_)(count_* part / parts_, count_ * (part + 1) / parts_, thread);
    if (undone_.fetch_sub(1) == 1) undone_.notify_one();
    open = open_.load(std::memory_order_acquire);
  }
}

void ThreadTeam::split(std::int64_t count, std::int64_t grain, const Work& work) {
  const std::int64_t parts = std::min(count / std::max<std::int64_t>(grain, 1), kPartsAThread * size());
  if (parts <= 1 || workers_.empty()) {
    work(0, count, 0);
    return;
  }
  work_ = &work;
  count_ = count;
  parts_ = parts;
  undone_.store(static_cast<std::uint32_t>(parts));
  const std::uint64_t round = std::uint64_t{round_.load()} + 1;
  open_.store(round << 32 | static_cast<std::uint64_t>(parts), std::memory_order_release);
  round_.fetch_add(1);
  round_.notify_all();
  take_parts(0);
  for (std::uint32_t left = undone_.load(); left != 0; left = undone_.load()) wait_for_change(undone_, left);
}

}  // namespace tandem

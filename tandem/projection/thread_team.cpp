#include "tandem/projection/thread_team.h"

#include <algorithm>

namespace tandem {

ThreadTeam::ThreadTeam(int threads) {
  for (int thread = 1; thread < threads; ++thread) workers_.emplace_back([this, thread] { serve(thread); });
}

ThreadTeam::~ThreadTeam() {
  work_ = nullptr;
  round_.fetch_add(1);
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadTeam::serve(int thread) {
  for (std::uint32_t seen = 0;;) {
    round_.wait(seen);
    seen = round_.load();
    if (work_ == nullptr) return;
    if (thread < parts_) (*work_)(count_ * thread / parts_, count_ * (thread + 1) / parts_, thread);
    if (busy_.fetch_sub(1) == 1) busy_.notify_one();
  }
}

void ThreadTeam::split(std::int64_t count, std::int64_t grain, const Work& work) {
  parts_ = std::clamp<std::int64_t>(count / std::max<std::int64_t>(grain, 1), 1, size());
  if (parts_ == 1) {
    work(0, count, 0);
    return;
  }
  work_ = &work;
  count_ = count;
  busy_.store(static_cast<std::uint32_t>(workers_.size()));
  round_.fetch_add(1);
  round_.notify_all();
  work(0, count / parts_, 0);
  for (std::uint32_t left = busy_.load(); left != 0; left = busy_.load()) busy_.wait(left);
}

}  // namespace tandem

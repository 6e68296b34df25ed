// Threads for work that comes in thousands of short pieces.
// LibTorch's OpenMP threads spin between pieces for milliseconds. That is quick on an idle machine; where
// another program wanted the same cores, it made t-SNE ten times slower than one thread. These sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace tandem {

class ThreadTeam {
 public:
  /// `threads` counts the calling thread; 1 starts no other.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// A part [begin, end) of the work for one thread, numbered from 0.
  using Work = std::function<void(std::int64_t begin, std::int64_t end, int thread)>;

  /// Splits [0, count) among the threads, at least `grain` for each, and returns when all are done. Called
  /// from one thread at a time; `work` must not throw and must give results that do not depend on the split.
  void split(std::int64_t count, std::int64_t grain, const Work& work);

 private:
  void serve(int thread);

  std::vector<std::thread> workers_;
  const Work* work_ = nullptr;  ///< null: go home
  std::int64_t count_ = 0;
  std::int64_t parts_ = 0;
  std::atomic<std::uint32_t> round_ = 0;
  std::atomic<std::uint32_t> busy_ = 0;
};

}  // namespace tandem

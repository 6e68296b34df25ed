// Threads for work in thousands of short pieces. LibTorch's OpenMP threads spin for milliseconds
// between pieces. That is fast on an idle machine, but while another program used the same cores,
// it made t-SNE ten times slower than one thread. The threads here sleep after some microseconds,
// and the others do the share of a thread that does not wake in time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace tandem {

class ThreadTeam {
 public:
  /// `threads` includes the calling thread; with 1 no other is started.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Handles the part [begin, end) of the work on the thread with that number, from 0.
  using Work = std::function<void(std::int64_t begin, std::int64_t end, int thread)>;

  /// Splits [0, count) into parts of at least `grain`, several per thread, and returns when all are
  /// done. Must be called from one thread at a time. `work` must not throw, and its results must
  /// not depend on the split.
  void split(std::int64_t count, std::int64_t grain, const Work& work);

 private:
  void serve(int thread);

  /// Handles parts of the current round until none is left.
  void take_parts(int thread);

  std::vector<std::thread> workers_;
  std::atomic<bool> going_home_ = false;

  // The current round; unchanged while a part of it is being handled.
  const Work* work_ = nullptr;
  std::int64_t count_ = 0;
  std::int64_t parts_ = 0;

  std::atomic<std::uint64_t> open_ =
      0;  ///< the round's number, above 32 bits for the number of its parts that are not taken yet
  std::atomic<std::uint32_t> undone_ = 0;  ///< parts
  std::atomic<std::uint32_t> round_ = 0;   ///< threads without work wait for it to change
};

}  // namespace tandem

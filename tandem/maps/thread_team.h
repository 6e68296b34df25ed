// Threads for work that comes in thousands of short pieces. LibTorch's OpenMP threads spin between
// pieces for milliseconds. That is quick on an idle machine; where another program wanted the same
// cores, it made t-SNE ten times slower than one thread. These sleep after some microseconds, and a
// thread that does not wake in time is not waited for: the others do its share.
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

  /// A part [begin, end) of the work, for the thread of that number, from 0.
  using Work = std::function<void(std::int64_t begin, std::int64_t end, int thread)>;

  /// Splits [0, count) into parts of at least `grain`, several for each thread, and returns when
  /// all are done. Called from one thread at a time; `work` must not throw and must give results
  /// that do not depend on the split.
  void split(std::int64_t count, std::int64_t grain, const Work& work);

 private:
  void serve(int thread);

  /// Takes part after part of what is going on, while there are any.
  void take_parts(int thread);

  std::vector<std::thread> workers_;
  std::atomic<bool> going_home_ = false;

  // Of the round that is going on; not changed while a part of it is taken and not done.
  const Work* work_ = nullptr;
  std::int64_t count_ = 0;
  std::int64_t parts_ = 0;

  std::atomic<std::uint64_t> open_ =
      0;  ///< the round's number, above 32 bits of how many of its parts nobody has taken
  std::atomic<std::uint32_t> undone_ = 0;  ///< parts
  std::atomic<std::uint32_t> round_ = 0;   ///< what threads without work wait for
};

}  // namespace tandem

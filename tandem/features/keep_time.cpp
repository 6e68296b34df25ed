#include "tandem/features/keep_time.h"

#include <atomic>
#include <chrono>
#include <memory>

namespace tandem {

StopAsked stop_or_keep(const StopAsked& stop, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);
  const auto is_first = std::make_shared<std::atomic<bool>>(true);
  return [&stop, until, is_first] {
    if (stop && stop()) return true;
    return !is_first->exchange(false) && Clock::now() >= until;
  };
}

}  // namespace tandem

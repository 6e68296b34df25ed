#include "tandem/fetching/http/patience.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

namespace tandem {

void Patience::wait(int next, std::int64_t server_wait_seconds) const {
  constexpr std::int64_t kLongestWaitSeconds = 60;
  const double ours = first_wait_seconds * std::exp2(next - 2);
  const auto theirs = static_cast<double>(std::min(server_wait_seconds, kLongestWaitSeconds));
  std::this_thread::sleep_for(std::chrono::duration<double>(std::max(ours, theirs)));
}

}  // namespace tandem

#include "apps/arguments/thread_argument.h"

#include <algorithm>
#include <thread>

namespace tandem::apps {

CLI::Range threads_range(int least) {
  return {least, std::max(256, 4 * static_cast<int>(std::thread::hardware_concurrency()))};
}

}  // namespace tandem::apps

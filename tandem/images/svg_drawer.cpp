// The program tandem_draw: draws one SVG document after another for the tandem that started it,
// within a budget for each. Standard input is a socket. Ends when the other end closes.
#include <malloc.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tandem/images/drawing_messages.h"
#include "tandem/images/svg_rendering.h"

namespace {

/// All address space that the process has, in bytes.
rlim_t address_space() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long pages = 0;
  if (file == nullptr) return 0;
  const int read = std::fscanf(file, "%lu", &pages);
  std::fclose(file);
  return read == 1 ? static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

/// While this object lives, the process may use no more than the request allows.
class Budget {
 public:
  /// `fresh`: the address space of a process that has drawn nothing. Memory left by earlier
  /// drawings counts too, so that this process draws nothing that a new process could not draw.
  Budget(const tandem::DrawingRequest& request, rlim_t fresh) {
    ::getrlimit(RLIMIT_AS, &before_);
    rlimit limit = before_;
    limit.rlim_cur = std::min<rlim_t>(before_.rlim_cur, fresh + static_cast<rlim_t>(request.memory_bytes));
    ::setrlimit(RLIMIT_AS, &limit);
    set_timer(request.cpu_ms);
  }
  ~Budget() {
    set_timer(0);
    ::setrlimit(RLIMIT_AS, &before_);
  }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

 private:
  static void set_timer(std::int64_t cpu_ms) {
    itimerval timer{};
    timer.it_value.tv_sec = cpu_ms / 1000;
    timer.it_value.tv_usec = cpu_ms % 1000 * 1000;
    ::setitimer(ITIMER_PROF, &timer, nullptr);
  }

  rlimit before_{};
};

tandem::SvgRendering render(const std::string& bytes, const tandem::DrawingRequest& request, rlim_t fresh) {
  const Budget budget(request, fresh);
  return tandem::render_svg(bytes, request.side);
}

}  // namespace

int main() {
  ::syscall(SYS_close_range, 3U, ~0U, 0U);
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);
  // One thread: a drawing then takes the same memory on every machine, and the stacks and arenas of
  // threads do not use up the budget.
  ::setenv("RAYON_NUM_THREADS", "1", 1);
  ::mallopt(M_ARENA_MAX, 1);
  const rlim_t fresh = address_space();
  tandem::DrawingRequest request;
  while (tandem::receive_all(STDIN_FILENO, &request, sizeof request)) {
    if (request.version != tandem::DrawingRequest::kVersion) return 2;
    std::string bytes(request.bytes, '\0');
    if (!tandem::receive_all(STDIN_FILENO, bytes.data(), bytes.size())) return 2;
    const tandem::SvgRendering drawn = render(bytes, request, fresh);
    const tandem::DrawingAnswer answer{
        .rgb_bytes = drawn.rgb.size(), .expected_bytes = drawn.expected.size(), .found_bytes = drawn.found.size()};
    const bool sent = tandem::send_all(STDIN_FILENO, &answer, sizeof answer) &&
                      tandem::send_all(STDIN_FILENO, drawn.rgb.data(), drawn.rgb.size()) &&
                      tandem::send_all(STDIN_FILENO, drawn.expected.data(), drawn.expected.size()) &&
                      tandem::send_all(STDIN_FILENO, drawn.found.data(), drawn.found.size());
    if (!sent) return 2;
  }
  return 0;
}

// The program tandem_draw: draws one SVG document or decodes one HEIC or AVIF after another for the tandem that started
// it, within a budget for each. Standard input is a socket. Ends when the other end closes.
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
#include "tandem/images/heif_rendering.h"
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
  Budget(const tandem::DrawingRequest& request, rlim_t fresh) : fresh_(fresh), memory_bytes_(request.memory_bytes) {
    ::getrlimit(RLIMIT_AS, &before_);
    grow(0);
    set_timer(request.cpu_ms);
  }
  ~Budget() {
    set_timer(0);
    ::setrlimit(RLIMIT_AS, &before_);
  }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  /// Allows so much memory more than the request does.
  void grow(std::int64_t bytes) const {
    rlimit limit = before_;
    limit.rlim_cur = std::min<rlim_t>(before_.rlim_cur, fresh_ + static_cast<rlim_t>(memory_bytes_ + bytes));
    ::setrlimit(RLIMIT_AS, &limit);
  }

 private:
  static void set_timer(std::int64_t cpu_ms) {
    itimerval timer{};
    timer.it_value.tv_sec = cpu_ms / 1000;
    timer.it_value.tv_usec = cpu_ms % 1000 * 1000;
    ::setitimer(ITIMER_PROF, &timer, nullptr);
  }

  rlimit before_{};
  rlim_t fresh_ = 0;
  std::int64_t memory_bytes_ = 0;
};

constexpr std::int64_t kBytesPerPixel = 24;  // planes, their turned copy, and RGB twice

tandem::Rendering render(const std::string& bytes, const tandem::DrawingRequest& request, rlim_t fresh) {
  const Budget budget(request, fresh);
  if (request.kind == tandem::DocumentKind::kSvg) return tandem::render_svg(bytes, request.side);
  return tandem::render_heif(bytes, request.max_pixels,
                             [&](std::int64_t pixels) { budget.grow(kBytesPerPixel * pixels); });
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
    const tandem::Rendering drawn = render(bytes, request, fresh);
    const tandem::DrawingAnswer answer{.height = drawn.height,
                                       .width = drawn.width,
                                       .rgb_bytes = drawn.rgb.size(),
                                       .expected_bytes = drawn.expected.size(),
                                       .found_bytes = drawn.found.size()};
    const bool sent = tandem::send_all(STDIN_FILENO, &answer, sizeof answer) &&
                      tandem::send_all(STDIN_FILENO, drawn.rgb.data(), drawn.rgb.size()) &&
                      tandem::send_all(STDIN_FILENO, drawn.expected.data(), drawn.expected.size()) &&
                      tandem::send_all(STDIN_FILENO, drawn.found.data(), drawn.found.size());
    if (!sent) return 2;
  }
  return 0;
}

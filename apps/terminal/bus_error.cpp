#include "apps/terminal/bus_error.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace tandem::apps {
namespace {

constexpr int kBadInput = 2;

/// One line of /proc/self/maps, "BEGIN-END perms offset device inode   PATH", read byte by byte:
/// the handler may not allocate.
class MapsLine {
 public:
  /// Takes the next byte; true at the end of a line.
  bool take(char c) {
    if (c == '\n') return true;
    if (length_ + 1 < text_.size()) text_[length_++] = c;
    return false;
  }

  void clear() { length_ = 0; }

  /// The path, if the line is of a file that is mapped at `address`.
  const char* path_at(std::uintptr_t address) {
    text_[length_] = '\0';
    const char* at = text_.data();
    const std::uintptr_t begin = number(at);
    if (*at++ != '-') return nullptr;
    const std::uintptr_t end = number(at);
    if (address < begin || address >= end) return nullptr;
    return std::strchr(at, '/');
  }

 private:
  static std::uintptr_t number(const char*& at) {
    std::uintptr_t value = 0;
    for (;; ++at) {
      if (*at >= '0' && *at <= '9')
        value = value * 16 + static_cast<std::uintptr_t>(*at - '0');
      else if (*at >= 'a' && *at <= 'f')
        value = value * 16 + static_cast<std::uintptr_t>(*at - 'a') + 10;
      else
        return value;
    }
  }

  std::array<char, 4400> text_ = {};  // longer than any path
  std::size_t length_ = 0;
};

void say(const char* text) {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

void on_bus_error(int number, siginfo_t* info, void* /*context*/) {
  const int maps = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  MapsLine line;
  std::array<char, 1024> buffer = {};
  for (ssize_t size; maps >= 0 && (size = ::read(maps, buffer.data(), buffer.size())) > 0;) {
    for (ssize_t i = 0; i < size; ++i) {
      if (!line.take(buffer[static_cast<std::size_t>(i)])) continue;
      if (const char* path = line.path_at(reinterpret_cast<std::uintptr_t>(info->si_addr))) {
        say("tandem: ");
        say(path);
        say(": expected a file that stays as long as it was while it is read, found it cut short\n");
        ::_exit(kBadInput);
      }
      line.clear();
    }
  }
  ::close(maps);
  ::signal(number, SIG_DFL);  // No file: what failed fails again, as it would have without this handler.
}

}  // namespace

void explain_bus_errors() {
  struct sigaction action = {};
  action.sa_sigaction = on_bus_error;
  action.sa_flags = SA_SIGINFO;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

}  // namespace tandem::apps

#include "tandem/images/drawing_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "tandem/base/errors.h"

extern char** environ;

namespace tandem {
namespace {

constexpr std::string_view kProgramName = "tandem_draw";
constexpr std::int64_t kPatience =
    30;  // Seconds of waiting per second of allowed processor time, because other work runs at the same time.

[[noreturn]] void fail(const std::filesystem::path& program, const std::string& found) {
  throw std::runtime_error(program.string() + ": expected the program that draws SVG and decodes HEIC, found " + found);
}

/// Starts the program with `socket` as its standard input and no other output than that. It gets
/// its own process group: Ctrl-C is for this program, which may want to finish a batch of drawings.
pid_t start(const std::filesystem::path& program, int socket) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
                                   0);  // Messages of libraries are not needed.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigfillset(&signals);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::string name = program.filename().string();
  char* words[] = {name.data(), nullptr};
  pid_t process = -1;
  const int error = ::posix_spawn(&process, program.c_str(), &actions, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) fail(program, system_message(error));
  return process;
}

bool receive_text(int socket, std::string& text, std::uint64_t bytes) {
  text.resize(bytes);
  return receive_all(socket, text.data(), text.size());
}

}  // namespace

DrawingProcess::DrawingProcess(const std::filesystem::path& program) : program_(program) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    fail(program, "no socket to it: " + system_message(errno));
  socket_ = ends[0];
  try {
    process_ = start(program, ends[1]);
  } catch (...) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw;
  }
  ::close(ends[1]);
}

DrawingProcess::~DrawingProcess() {
  ::close(socket_);
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
}

std::optional<Rendering> DrawingProcess::draw(std::string_view bytes, std::int64_t side, const DrawingBudget& budget) {
  const std::int64_t square = 8 * side * side;  // 4 bytes per pixel for cairo, 3 for the result, rounded up
  return answer({.bytes = bytes.size(),
                 .kind = DocumentKind::kSvg,
                 .side = side,
                 .cpu_ms = budget.cpu_ms,
                 .memory_bytes = budget.memory_bytes + square},
                bytes);
}

std::optional<Rendering> DrawingProcess::decode_heif(std::string_view bytes, const DrawingBudget& budget) {
  return answer({.bytes = bytes.size(),
                 .kind = DocumentKind::kHeif,
                 .max_pixels = budget.max_pixels,
                 .cpu_ms = budget.cpu_ms,
                 .memory_bytes = budget.memory_bytes},
                bytes);
}

std::optional<Rendering> DrawingProcess::answer(const DrawingRequest& request, std::string_view bytes) {
  const timeval wait{.tv_sec = 1 + kPatience * request.cpu_ms / 1000, .tv_usec = 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  DrawingAnswer head;
  Rendering drawn;
  const bool sent = send_all(socket_, &request, sizeof request) && send_all(socket_, bytes.data(), bytes.size());
  bool received = sent && receive_all(socket_, &head, sizeof head);
  if (received) {
    drawn.height = head.height;
    drawn.width = head.width;
    drawn.rgb.resize(head.rgb_bytes);
    received = receive_all(socket_, drawn.rgb.data(), drawn.rgb.size()) &&
               receive_text(socket_, drawn.expected, head.expected_bytes) &&
               receive_text(socket_, drawn.found, head.found_bytes);
  }
  if (!received) {
    silent_ = sent && (errno == EAGAIN || errno == EWOULDBLOCK);
    return std::nullopt;
  }
  has_drawn_ = true;
  return drawn;
}

DrawingProcess::End DrawingProcess::end() {
  if (silent_) return {.out_of_time = true, .words = "silence"};
  int status = 0;
  pid_t ended = -1;
  do {
    ended = ::waitpid(process_, &status, 0);
  } while (ended < 0 && errno == EINTR);
  process_ = -1;
  if (ended < 0) return {.words = system_message(errno)};
  if (WIFSIGNALED(status)) return {.out_of_time = WTERMSIG(status) == SIGPROF, .words = ::strsignal(WTERMSIG(status))};
  fail(program_, "one that ended with exit code " + std::to_string(WEXITSTATUS(status)));
}

std::unique_ptr<DrawingProcess> DrawingProcesses::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!at_rest_.empty()) {
      std::unique_ptr<DrawingProcess> process = std::move(at_rest_.back());
      at_rest_.pop_back();
      return process;
    }
  }
  return std::make_unique<DrawingProcess>();
}

void DrawingProcesses::give_back(std::unique_ptr<DrawingProcess> process) {
  const std::lock_guard lock(mutex_);
  at_rest_.push_back(std::move(process));
}

std::filesystem::path drawing_program() {
  std::vector<std::filesystem::path> places;
  std::error_code error;
  const std::filesystem::path running = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const std::filesystem::path folder = running.parent_path();
    places = {folder / kProgramName, folder.parent_path() / "libexec" / "tandem" / kProgramName};
  }
  places.emplace_back(TANDEM_BUILT_DRAWING_PROGRAM);
  places.emplace_back(TANDEM_INSTALLED_DRAWING_PROGRAM);
  for (const std::filesystem::path& place : places) {
    if (std::filesystem::is_regular_file(place, error)) return place;
  }
  return places.front();
}

}  // namespace tandem

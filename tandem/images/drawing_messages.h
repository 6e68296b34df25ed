// The messages that tandem and its drawing processes exchange over a socket.
#pragma once

#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace tandem {

enum class DocumentKind : std::int64_t { kSvg, kHeif };

/// `bytes` bytes of the document follow.
struct DrawingRequest {
  static constexpr std::uint64_t kVersion = 2;  ///< another version comes from another build: the process ends

  std::uint64_t version = kVersion;
  std::uint64_t bytes = 0;
  DocumentKind kind = DocumentKind::kSvg;
  std::int64_t side = 0;          ///< of a drawing
  std::int64_t max_pixels = 0;    ///< of a HEIC or AVIF, which gets 24 bytes of memory more for each that it claims
  std::int64_t cpu_ms = 0;        ///< a drawing that needs more ends the process by SIGPROF
  std::int64_t memory_bytes = 0;  ///< beyond what a new process has; beyond it, allocations fail
};

/// The three parts of a Rendering follow, `rgb`, `expected`, `found`.
struct DrawingAnswer {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::uint64_t rgb_bytes = 0;
  std::uint64_t expected_bytes = 0;
  std::uint64_t found_bytes = 0;
};

/// Returns false if the other side has closed the socket. No signal is raised then.
inline bool send_all(int socket, const void* data, std::size_t bytes) {
  const char* from = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t sent = ::send(socket, from, bytes, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    from += sent;
    bytes -= static_cast<std::size_t>(sent);
  }
  return true;
}

/// Returns false if the other side has closed the socket or, with errno EAGAIN, sends nothing
/// within the socket's time limit.
inline bool receive_all(int socket, void* data, std::size_t bytes) {
  char* to = static_cast<char*>(data);
  while (bytes > 0) {
    const ssize_t got = ::recv(socket, to, bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = 0;
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace tandem

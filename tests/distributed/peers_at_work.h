// Starts processes that find each other on the loopback interface.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tandem/storage/mapped_file.h"
#include "test_data.h"

namespace tandem::tests {

/// A port that was free a moment ago.
inline int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

struct Ended {
  int code = -1;
  std::string said;  ///< on standard error
};

/// Runs `command` in `count` processes at once, each with torchrun's variables, and waits for all.
inline std::vector<Ended> run_peers(const std::string& command, int count) {
  const ScratchFolder scratch;
  const int port = free_port();
  std::vector<pid_t> children;
  for (int rank = 0; rank < count; ++rank) {
    const std::string whole = "RANK=" + std::to_string(rank) + " WORLD_SIZE=" + std::to_string(count) +
                              " MASTER_ADDR=127.0.0.1 MASTER_PORT=" + std::to_string(port) +
                              " GLOO_SOCKET_IFNAME=lo OMP_NUM_THREADS=1 " + command + " 2>" +
                              (scratch / std::to_string(rank)).string() + " >/dev/null";
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl("/bin/sh", "sh", "-c", whole.c_str(), nullptr);
      ::_exit(127);
    }
    children.push_back(child);
  }
  std::vector<Ended> ended;
  for (int rank = 0; rank < count; ++rank) {
    int status = 0;
    ::waitpid(children[rank], &status, 0);
    ended.push_back({.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                     .said = read_file(scratch / std::to_string(rank))});
  }
  return ended;
}

}  // namespace tandem::tests

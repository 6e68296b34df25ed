#include "fetching/http/misbehaving_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace tandem::tests {
namespace {

ServerRequest parsed(const std::string& head) {
  ServerRequest request;
  std::istringstream lines(head);
  lines >> request.method >> request.path;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    request.headers[name] = line.substr(colon + 2, line.find_last_not_of("\r\n") - colon - 1);
  }
  return request;
}

std::size_t send_all(int connection, std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) break;
    sent += static_cast<std::size_t>(n);
  }
  return sent;
}

}  // namespace

MisbehavingServer::MisbehavingServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place = {};
  place.sin_family = AF_INET;
  place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(place);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&place), size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&place), &size) != 0 || ::pipe(stop_) != 0) {
    throw std::runtime_error("the test's server does not start");
  }
  port_ = ntohs(place.sin_port);
  thread_ = std::thread([this] { serve(); });
}

MisbehavingServer::~MisbehavingServer() {
  ::close(stop_[1]);  // Its other end becomes readable.
  thread_.join();
  ::close(stop_[0]);
  ::close(listener_);
}

std::vector<ServerRequest> MisbehavingServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t MisbehavingServer::body_bytes() const {
  const std::lock_guard lock(mutex_);
  return body_bytes_;
}

void MisbehavingServer::forget() {
  const std::lock_guard lock(mutex_);
  requests_.clear();
  body_bytes_ = 0;
}

void MisbehavingServer::serve() {
  for (;;) {
    pollfd waits[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    ::poll(waits, 2, -1);
    if (waits[1].revents != 0) return;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    answer(connection);
    ::close(connection);
  }
}

void MisbehavingServer::drip(int connection, const ServerAnswer& answer) {
  for (std::size_t at = std::min(answer.cut_after, answer.body.size()); at < answer.body.size();
       at += answer.drip_bytes) {
    pollfd waits[2] = {{connection, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    if (::poll(waits, 2, 100) != 0) return;  // The other side has gone, or the test is over.
    const std::size_t sent = send_all(connection, std::string_view(answer.body).substr(at, answer.drip_bytes));
    const std::lock_guard lock(mutex_);
    body_bytes_ += sent;
  }
}

void MisbehavingServer::answer(int connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    const ssize_t n = ::recv(connection, buffer, sizeof(buffer), 0);
    if (n <= 0) return;
    head.append(buffer, static_cast<std::size_t>(n));
  }
  const ServerRequest request = parsed(head);
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const ServerAnswer answer = handler_(request);
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " Answer\r\nConnection: close\r\n";
  for (const auto& [name, value] : answer.headers) text += value.empty() ? "" : name + ": " + value + "\r\n";
  if (answer.headers.count("Content-Length") == 0)
    text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
  send_all(connection, text + "\r\n");
  if (request.method != "HEAD") {
    const std::size_t sent = send_all(connection, std::string_view(answer.body).substr(0, answer.cut_after));
    const std::lock_guard lock(mutex_);
    body_bytes_ += sent;
  }
  if (request.method != "HEAD" && answer.drip_bytes > 0) drip(connection, answer);
  if (answer.stall) {
    pollfd waits[2] = {{connection, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    ::poll(waits, 2, 20000);  // Until the other side gives up.
  }
  ::shutdown(connection, SHUT_WR);
  if (!answer.stall)
    ::recv(connection, buffer, sizeof(buffer), 0);  // A reset would throw away what is still under way.
}

}  // namespace tandem::tests

// An HTTP/1.1 server on 127.0.0.1 whose answers are written by the test, byte for byte, so that
// they may lie, break off or stall. One request a connection, one connection at a time.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tandem::tests {

struct ServerRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> headers;  ///< names in lower case

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  /// The first byte asked for by "Range: bytes=N-", or 0.
  std::size_t first_byte() const {
    const std::string range = header("range");
    return range.starts_with("bytes=") ? std::stoul(range.substr(6)) : 0;
  }
};

struct ServerAnswer {
  int status = 200;
  std::map<std::string, std::string> headers =
      {};  ///< Content-Length is added unless it is here; an empty one is not sent
  std::string body = {};
  std::size_t cut_after = std::string::npos;  ///< the connection is closed after so many bytes of the body
  bool stall = false;                         ///< instead of closing it, nothing more is sent
  std::size_t drip_bytes =
      0;  ///< after `cut_after`, so many bytes more every 100 ms for as long as the other side listens
};

class MisbehavingServer {
 public:
  using Handler = std::function<ServerAnswer(const ServerRequest&)>;

  explicit MisbehavingServer(Handler handler);
  ~MisbehavingServer();
  MisbehavingServer(const MisbehavingServer&) = delete;
  MisbehavingServer& operator=(const MisbehavingServer&) = delete;

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<ServerRequest> requests() const;
  /// Bytes of bodies handed to the network.
  std::size_t body_bytes() const;
  void forget();

 private:
  void serve();
  void answer(int connection);
  void drip(int connection, const ServerAnswer& answer);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  std::vector<ServerRequest> requests_;
  std::size_t body_bytes_ = 0;
  std::thread thread_;
};

}  // namespace tandem::tests

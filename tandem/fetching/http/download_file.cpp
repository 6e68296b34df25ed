#include "tandem/fetching/http/download_file.h"

#include <charconv>
#include <utility>

#include "tandem/fetching/http/growing_file.h"

namespace tandem {
namespace {

std::string bytes_text(std::int64_t size_bytes) { return std::to_string(size_bytes) + " bytes"; }

/// "bytes 5-9/10" -> 10; -1 if the total is not given.
std::int64_t total_in(const std::string& content_range) {
  const std::size_t slash = content_range.rfind('/');
  if (slash == std::string::npos) return -1;
  std::int64_t total = -1;
  const char* end = content_range.data() + content_range.size();
  const auto [last, error] = std::from_chars(content_range.data() + slash + 1, end, total);
  return error == std::errc() && last == end ? total : -1;
}

/// One file on its way.
class Download {
 public:
  Download(const WantedFile& wanted, const std::filesystem::path& part, const DownloadWatch& watch)
      : wanted_(wanted), watch_(watch), growing_(part), size_bytes_(wanted.size_bytes), etag_(wanted.etag) {}

  void ask(HttpConnection& connection, std::int64_t& server_wait_seconds) {
    if (size_bytes_ >= 0 && growing_.size_bytes() > size_bytes_) growing_.begin_anew();
    if (growing_.size_bytes() == size_bytes_) return;
    first_ = true;
    const HttpAnswer answer =
        connection.request({.url = wanted_.url,
                            .first_byte = growing_.size_bytes(),
                            .if_range = etag_,
                            .sink = [this](const HttpAnswer& so_far, std::string_view bytes) { take(so_far, bytes); }});
    server_wait_seconds = answer.wait_seconds;
    if (answer.status == 416) {
      growing_.begin_anew();
      throw HttpFailure(answer.host + " has no such part of the file", true);
    }
    watch_.check_success(answer);
    if (first_ && answer.status == 200) begin(answer);  // An empty body.
    if (size_bytes_ >= 0 && growing_.size_bytes() != size_bytes_) {
      throw HttpFailure(
          answer.host + " sent " + std::to_string(growing_.size_bytes()) + " of " + bytes_text(size_bytes_), true);
    }
  }

 private:
  /// The answer has the file from its first byte: from a server that does not support ranges, or
  /// because the file has changed.
  void begin(const HttpAnswer& answer) {
    growing_.begin_anew();
    if (wanted_.size_bytes < 0) size_bytes_ = answer.content_length();
    etag_ = answer.header("etag");
    if (etag_.starts_with("W/")) etag_.clear();  // RFC 9110, 13.1.5: a weak ETag must not be used for a range.
    if (watch_.begun) watch_.begun(answer, size_bytes_);
  }

  void check_answer(const HttpAnswer& answer) {
    if (answer.status == 200) begin(answer);
    const std::string range = answer.header("content-range");
    if (answer.status == 206 && !range.starts_with("bytes " + std::to_string(growing_.size_bytes()) + "-")) {
      growing_.begin_anew();
      throw HttpFailure(answer.host + " sent another part of the file", true);
    }
    if (answer.status == 206 && size_bytes_ < 0) size_bytes_ = total_in(range);
    if (size_bytes_ < 0) return;
    const std::int64_t remaining = size_bytes_ - growing_.size_bytes();
    if (answer.content_length() >= 0 && answer.content_length() != remaining) {
      throw FileError(wanted_.asked, bytes_text(remaining) + " to come",
                      answer.host + " announcing " + bytes_text(answer.content_length()));
    }
  }

  void take(const HttpAnswer& answer, std::string_view bytes) {
    if (std::exchange(first_, false)) check_answer(answer);
    if (size_bytes_ >= 0 && growing_.size_bytes() + static_cast<std::int64_t>(bytes.size()) > size_bytes_) {
      growing_.begin_anew();
      throw FileError(wanted_.asked, bytes_text(size_bytes_), "more");
    }
    growing_.append(bytes);
    if (watch_.arrived) watch_.arrived(growing_.size_bytes(), size_bytes_);
  }

  const WantedFile& wanted_;
  const DownloadWatch& watch_;
  GrowingFile growing_;
  std::int64_t size_bytes_;
  std::string etag_;
  bool first_ = true;
};

}  // namespace

void download_file(HttpConnection& connection, const Patience& patience, const WantedFile& wanted,
                   const std::filesystem::path& part, const DownloadWatch& watch) {
  Download download(wanted, part, watch);
  ask_patiently(patience, wanted.asked,
                [&](std::int64_t& server_wait_seconds) { download.ask(connection, server_wait_seconds); });
}

}  // namespace tandem

#include "apps/terminal/speech.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <iostream>
#include <mutex>
#include <streambuf>

#include "apps/terminal/log_lines.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"

namespace tandem::apps {
namespace {

std::atomic<int> log_file = -1;  ///< a signal handler reads it
bool quiet = false;
bool verbose = false;

/// Hands characters on to the screen, if it has one, and whole lines to the log, if there is one.
class SpokenBuffer : public std::streambuf {
 public:
  explicit SpokenBuffer(std::streambuf* screen) : screen_(screen) {}

  void log_rest() {
    const std::lock_guard lock(mutex_);
    if (!lines_.line().empty()) append();
    lines_.clear();
  }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }

  std::streamsize xsputn(const char* text, std::streamsize size) override {
    if (log_file >= 0) {
      const std::lock_guard lock(mutex_);
      for (std::streamsize i = 0; i < size; ++i) {
        if (!lines_.take(text[i])) continue;
        append();
        lines_.clear();
      }
    }
    return screen_ == nullptr ? size : screen_->sputn(text, size);
  }

  int sync() override { return screen_ == nullptr ? 0 : screen_->pubsync(); }

 private:
  /// A log that takes no more, as on a full disk, does not end the work.
  void append() {
    if (append_line(log_file, {lines_.line()})) return;
    log_file = -1;
    constexpr std::string_view kFull = "tandem: --log: expected room for another line, found none; the log ends here\n";
    if (screen_ != nullptr) screen_->sputn(kFull.data(), static_cast<std::streamsize>(kFull.size()));
  }

  std::mutex mutex_;
  std::streambuf* screen_;
  LineCollector lines_;
};

/// Kept to the end of the program and beyond it: std::cerr may be written to by destructors.
SpokenBuffer* notices = nullptr;
SpokenBuffer* errors = nullptr;

}  // namespace

void set_speech(const SpeechOptions& options) {
  if (errors != nullptr) return;  // the error is told as the command line wanted it
  if (!options.log.empty()) {
    const int file = ::open(options.log.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) throw FileError(options.log, "a file that --log can append to", system_message(errno));
    log_file = file;
  }
  quiet = options.quiet;
  verbose = options.verbose;
  if (!quiet && log_file < 0) return;
  std::streambuf* screen = std::cerr.rdbuf();
  errors = new SpokenBuffer(screen);
  notices = new SpokenBuffer(quiet ? nullptr : screen);
  std::cerr.rdbuf(notices);
}

bool is_quiet() { return quiet; }

bool is_verbose() { return verbose; }

std::ostream& loud() {
  if (errors == nullptr) return std::cerr;
  static std::ostream stream(errors);
  return stream;
}

void finish_log() {
  if (notices != nullptr) notices->log_rest();
  if (errors != nullptr) errors->log_rest();
}

void log_in_handler(std::initializer_list<std::string_view> parts) {
  if (log_file >= 0) append_line(log_file, parts);
}

std::string peak_memory_text() {
  rusage used = {};
  ::getrusage(RUSAGE_SELF, &used);
  return with_thousands(used.ru_maxrss * 1024 / 1'000'000) + " MB";
}

}  // namespace tandem::apps

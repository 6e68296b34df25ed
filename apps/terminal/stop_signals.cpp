#include "apps/terminal/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstring>
#include <deque>
#include <exception>
#include <iostream>
#include <mutex>

#include "apps/terminal/speech.h"
#include "tandem/base/joined_text.h"
#include "tandem/distributed/launch.h"

namespace tandem::apps {
namespace {

// What the handler reads and writes: atomics without locks, as signal handlers must have them.
std::atomic<int> first_signal = 0;
std::atomic<int> scopes = 0;
std::atomic<const char*> kept_words = nullptr;  ///< null: this process does not speak
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<const char*>::is_always_lock_free);

bool says_sentence = true;
bool on_terminal = false;
std::vector<std::string> command_words;

const char* signal_name(int number) { return number == SIGINT ? "SIGINT" : "SIGTERM"; }

/// By calls that are allowed in a signal handler.
void write_sentence(int number) {
  const char* kept = kept_words;
  if (kept == nullptr) return;
  for (const char* part : {"tandem: interrupted by ", signal_name(number), ": ", kept, "\n"}) {
    if (::write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  }
  log_in_handler({"tandem: interrupted by ", signal_name(number), ": ", kept});
}

/// To somebody at a terminal, who sees nothing else until the step that runs is finished.
void write_patience() {
  constexpr std::string_view kText =
      "\r\033[Ktandem: stopping after this step, to keep what is finished; once more ends at once\n";
  if (kept_words == nullptr || !on_terminal) return;
  if (::write(STDERR_FILENO, kText.data(), kText.size()) < 0) return;
}

void on_stop_signal(int number) {
  int none = 0;
  const bool is_first = first_signal.compare_exchange_strong(none, number);
  if (is_first && scopes > 0) return write_patience();
  if (is_first) write_sentence(number);
  ::_exit(128 + number);
}

std::string quoted(const std::string& word) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("_-./:=,@+%", c) != nullptr;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

void watch_stop_signals(int argc, const char* const* argv) {
  command_words.assign(argv, argv + argc);
  says_sentence = is_first_process();
  on_terminal = ::isatty(STDERR_FILENO) == 1;
  say_if_stopped("what was not finished is not kept; to do it again: " + command_again());
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction before = {}, action = {};
    ::sigaction(number, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    action.sa_handler = on_stop_signal;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
  }
}

bool stop_asked() { return first_signal != 0; }

StopScope::StopScope() { ++scopes; }

StopScope::~StopScope() {
  if (--scopes > 0 || !stop_asked() || std::uncaught_exceptions() > 0) return;
  std::cout.flush();
  ::_exit(say_stopped());
}

void say_if_stopped(const std::string& kept) {
  static std::mutex mutex;
  static std::deque<std::string> all;  // For ever: a handler may be reading the one before.
  const std::lock_guard lock(mutex);
  kept_words = says_sentence ? all.emplace_back(kept).c_str() : nullptr;
}

std::string shell_text(const std::vector<std::string>& words) { return joined_text(words, " ", quoted); }

std::string command_again() { return shell_text(command_words); }

int say_stopped() {
  write_sentence(first_signal);
  return 128 + first_signal;
}

}  // namespace tandem::apps

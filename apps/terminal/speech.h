// How much the program says on standard error, and the log that keeps all of it: --quiet, --verbose
// and --log.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>

namespace tandem::apps {

struct SpeechOptions {
  bool quiet = false;         ///< no progress and no notices; std::cerr shows nothing
  bool verbose = false;       ///< stages with their time and memory too
  std::filesystem::path log;  ///< everything that is said is appended here, also under quiet; empty: no log
};

/// Sets it for the rest of the program. To be called before threads are started. What was set with
/// quiet or a log stays as it is.
/// Throws FileError if the log cannot be opened for appending.
void set_speech(const SpeechOptions& options);

bool is_quiet();
bool is_verbose();

/// Standard error for what must be seen even with --quiet: errors and questions.
std::ostream& loud();

/// Adds what was said without a line's end to the log. To be called before the program ends.
void finish_log();

/// Appends one line with the time to the log, if there is one. May be called in a signal handler.
///
///   parts  at most six, written one after the other, without a line's end
void log_in_handler(std::initializer_list<std::string_view> parts);

/// The largest memory that the program has had so far: "512 MB".
std::string peak_memory_text();

}  // namespace tandem::apps

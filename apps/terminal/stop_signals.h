// Handles SIGINT and SIGTERM: work stops between two steps, and one sentence tells what is kept and
// how to continue.
#pragma once

#include <string>
#include <vector>

namespace tandem::apps {

/// Installs handlers for both signals; a signal that is ignored stays ignored. To be called once,
/// before any thread is started. If there is a StopScope, the first signal asks its work to stop.
/// If there is none, the first signal prints the sentence and ends the program. A second signal
/// ends the program at once.
///
///   argc, argv  of main, for command_again()
void watch_stop_signals(int argc, const char* const* argv);

/// Whether a signal came.
bool stop_asked();

/// Lives while work calls stop_asked() regularly. If a signal came and the work did not stop for
/// it, the end of the last StopScope prints the sentence and ends the program.
class StopScope {
 public:
  StopScope();
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;
};

/// Sets the part of the sentence that tells what is kept and how to continue.
void say_if_stopped(const std::string& kept);

/// The command line of this program, quoted for a shell.
std::string command_again();

/// The words joined for a shell. A word is quoted if it has characters other than letters, digits
/// and a few safe ones.
std::string shell_text(const std::vector<std::string>& words);

/// Prints the sentence on standard error, if this process is the one that reports. Returns the exit
/// code: 128 plus the number of the signal.
int say_stopped();

}  // namespace tandem::apps

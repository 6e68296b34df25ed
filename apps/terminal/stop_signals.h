// SIGINT and SIGTERM: work stops between two of its pieces, and one sentence says what is kept and
// how to go on.
#pragma once

#include <string>
#include <vector>

namespace tandem::apps {

/// Watches for both signals from here on; one that is ignored stays ignored. To be called once,
/// before there are threads. The first signal asks the work in a StopScope to stop; elsewhere it
/// says the sentence and ends the program. A second one ends it at once.
void watch_stop_signals(int argc, const char* const* argv);

/// Whether a signal came.
bool stop_asked();

/// Lives while work asks stop_asked(). A signal that was not answered by the end of the last one
/// ends the program there.
class StopScope {
 public:
  StopScope();
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;
};

/// What the sentence says from here on of what is kept and how to go on.
void say_if_stopped(const std::string& kept);

/// The command line, as a shell would take it again.
std::string command_again();

/// `words` as a shell takes them: those with other characters than letters, digits and a few more
/// in quotes.
std::string shell_text(const std::vector<std::string>& words);

/// Says the sentence on standard error, where this process is the one that speaks. Returns the exit
/// code: 128 and the signal's number.
int say_stopped();

}  // namespace tandem::apps

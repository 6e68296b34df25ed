// tandem: one program from captioned pictures to a measured model of both.
#include <c10/util/Exception.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>

#include "apps/commands/program_parser.h"
#include "apps/help/everyday_options.h"
#include "apps/help/help_page.h"
#include "apps/help/kept_work.h"
#include "apps/terminal/bus_error.h"
#include "apps/terminal/colour.h"
#include "apps/terminal/speech.h"
#include "apps/terminal/stop_signals.h"
#include "apps/terminal/usage_error.h"
#include "apps/terminal/version.h"
#include "tandem/base/errors.h"
#include "tandem/base/freed_memory.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/base/stop.h"

namespace {

// Exit codes, as the README states them.
constexpr int kBadInput = 2;

constexpr std::size_t kLongestComplaint = 8192;

/// "tandem: ..." or "tandem COMMAND: ...", the beginning in red on a terminal.
void say_error(const std::string& sentence) {
  const std::string shown = tandem::printable_sentence(sentence, kLongestComplaint);
  const std::size_t colon = shown.find(':');
  tandem::apps::loud() << tandem::apps::red(shown.substr(0, colon + 1), STDERR_FILENO) << shown.substr(colon + 1)
                       << "\n";
  tandem::apps::finish_log();
}

int complain(const std::string& message, int code) {
  say_error("tandem: " + message);
  return code;
}

/// A full disk behind `> file` must not pass for success.
int finished() {
  std::cout.flush();
  return std::cout ? 0 : complain("standard output: expected room for the whole answer, found none", kBadInput);
}

/// Sets how much is said and what Ctrl-C tells, once the command line is understood.
void begin_work(const CLI::App& app) {
  using namespace tandem::apps;
  set_speech(speech_options(app));
  say_if_stopped(kept_if_stopped(app.get_subcommands().front()->get_name(), command_again()));
  if (is_verbose()) std::cerr << version_text() << ": " << command_again() << "\n";
}

void say_what_it_took(const CLI::App& app, std::chrono::steady_clock::time_point start) {
  using namespace tandem::apps;
  if (!is_verbose()) return;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double processor_seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::cerr << app.get_subcommands().front()->get_name() << ": " << tandem::decimal(seconds, 1) << " s, "
            << tandem::decimal(processor_seconds, 1) << " s of processor time, peak memory " << peak_memory_text()
            << "\n";
}

/// The log keeps wrong command lines too, if they name one that can be opened.
int complain_of_usage(const CLI::App& app, const CLI::ParseError& error) {
  using namespace tandem::apps;
  try {
    set_speech(speech_options(app));
  } catch (const std::exception&) {
    // The error that is told is the one that was found first.
  }
  say_error(usage_sentence(app, error));
  return kBadInput;
}

}  // namespace

int main(int argc, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  tandem::keep_freed_memory();
  tandem::apps::watch_stop_signals(argc, argv);
  tandem::apps::explain_bus_errors();
  CLI::App app;
  app.set_version_flag("--version", tandem::apps::version_text(), "Print the version and exit");
  tandem::apps::build_program_parser(app);
  app.parse_complete_callback([&] { begin_work(app); });
  try {
    if (argc == 1) {
      std::cout << tandem::apps::short_help(app);
      finished();
      return kBadInput;
    }
    app.parse(argc, argv);
    say_what_it_took(app, start);
    tandem::apps::finish_log();
    return finished();
  } catch (const CLI::RuntimeError& error) {  // A command that has said all it has to say.
    const int unwritten = finished();
    return unwritten == 0 ? error.get_exit_code() : unwritten;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error) == 0 ? finished() : kBadInput;  // --help or --version
    return complain_of_usage(app, error);
  } catch (const tandem::Stopped&) {
    return tandem::apps::say_stopped();
  } catch (const tandem::FileError& error) {
    return complain(error.what(), kBadInput);
  } catch (const c10::ValueError& error) {
    return complain(error.what_without_backtrace(), kBadInput);
  } catch (const std::exception& error) {
    int code = 1;
    const std::string sentence = tandem::apps::unexpected_sentence(error, code);
    return complain(sentence, code);
  }
}

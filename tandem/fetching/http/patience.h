// Repeats a request if that may help, a limited number of times and with growing waits.
#pragma once

#include <cstdint>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/fetching/http/http_connection.h"

namespace tandem {

struct Patience {
  std::string from_whom = "the server";  ///< for error messages: "an answer from the hub"
  int tries = 5;
  double first_wait_seconds = 1;  ///< between the first two tries; each wait is twice the previous one

  /// Waits before try `next` (2 for the second). Waits as long as the server asked for if that is
  /// longer, but at most one minute more.
  void wait(int next, std::int64_t server_wait_seconds) const;
};

/// The result of `question`. It gets a variable for the number of seconds that the server asks to
/// wait (0: none).
/// Throws FileError naming what was `asked` for if HttpFailure says that a retry does not help, or
/// after the last try.
template <typename Question>
auto ask_patiently(const Patience& patience, const std::string& asked, const Question& question) {
  for (int tried = 1;; ++tried) {
    std::int64_t server_wait_seconds = 0;
    try {
      return question(server_wait_seconds);
    } catch (const HttpFailure& failure) {
      const std::string again = failure.worth_retrying() ? " " + std::to_string(tried) + " times" : "";
      if (!failure.worth_retrying() || tried >= patience.tries) {
        throw FileError(asked, "an answer from " + patience.from_whom, failure.what() + again);
      }
    }
    patience.wait(tried + 1, server_wait_seconds);
  }
}

}  // namespace tandem

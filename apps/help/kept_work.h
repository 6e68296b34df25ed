// What is kept of the work of a command that Ctrl-C stops, and how to go on.
#pragma once

#include <string>

namespace tandem::apps {

/// The end of the sentence for a command that has kept nothing so far: "the page is not written, an
/// older one is as it was; to do it again: tandem map ...". Commands that keep a part of their work
/// replace it as soon as they have some (say_if_stopped).
///
///   again  the command line to run again
std::string kept_if_stopped(const std::string& command, const std::string& again);

}  // namespace tandem::apps

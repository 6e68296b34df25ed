// Colours and bold letters, for terminals alone.
#pragma once

#include <string>

namespace tandem::apps {

/// Whether text on this file may have colours: it is a terminal other than TERM=dumb, and NO_COLOR
/// is not set, or empty (no-color.org).
bool has_colours(int file);

/// The text in bold letters if `file` has colours, else as it is.
std::string bold(const std::string& text, int file);

/// The text in bold red letters if `file` has colours, else as it is.
std::string red(const std::string& text, int file);

}  // namespace tandem::apps

// JSON documents as text to print or to store.
#pragma once

#include <string>

#include "tandem/storage/json_file.h"

namespace tandem {

/// The document, indented by two spaces, without a line break at its end. Bytes in strings that are
/// not UTF-8 are replaced by U+FFFD.
std::string json_text(const Json& document);

/// The same without indentation, on one line.
std::string json_line(const Json& document);

}  // namespace tandem

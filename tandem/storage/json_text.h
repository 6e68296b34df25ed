// JSON documents as text to print or to store.
#pragma once

#include <string>
#include <string_view>

#include "tandem/storage/json_file.h"

namespace tandem {

/// The document, indented by two spaces, without a line break at its end. Bytes in strings that are
/// not UTF-8 are replaced by U+FFFD.
std::string json_text(const Json& document);

/// The same without indentation, on one line.
std::string json_line(const Json& document);

/// A name from a file or from the network as error messages show it: in quotes, at most 80 bytes,
/// ASCII only, so that nothing in it can control a terminal.
std::string quoted_name(std::string_view name);

}  // namespace tandem

// Bytes as base64 text, to embed them in a page.
#pragma once

#include <string>
#include <string_view>

namespace tandem {

/// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace tandem

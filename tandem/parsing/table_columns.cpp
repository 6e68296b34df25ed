#include "tandem/parsing/table_columns.h"

#include "tandem/parsing/caption_text.h"

namespace tandem {

std::optional<std::size_t> find_column(const std::vector<std::string>& header,
                                       std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (lower_case(trimmed(header[i])) == name) return i;
    }
  }
  return std::nullopt;
}

}  // namespace tandem

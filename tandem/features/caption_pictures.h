// Captions that name their pictures by id, as in lists from other programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tandem {

/// The rows of the pictures that captions name by id: for each of `named`, its index in `ids`.
/// Throws FileError naming `file` if an id is not in `ids`.
std::vector<std::int64_t> rows_of(const std::vector<std::string>& named, const std::vector<std::string>& ids,
                                  const std::string& file);

}  // namespace tandem

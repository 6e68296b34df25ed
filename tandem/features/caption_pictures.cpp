#include "tandem/features/caption_pictures.h"

#include <unordered_map>

#include "tandem/base/errors.h"

namespace tandem {

std::vector<std::int64_t> rows_of(const std::vector<std::string>& named, const std::vector<std::string>& ids,
                                  const std::string& file) {
  std::unordered_map<std::string, std::int64_t> row;
  for (std::size_t i = 0; i < ids.size(); ++i) row[ids[i]] = static_cast<std::int64_t>(i);
  std::vector<std::int64_t> rows;
  for (const std::string& id : named) {
    const auto found = row.find(id);
    if (found == row.end()) throw FileError(file, "captions of pictures that --ids lists", "one of \"" + id + "\"");
    rows.push_back(found->second);
  }
  return rows;
}

}  // namespace tandem

#include "tandem/data/tally.h"

#include <algorithm>

namespace tandem {

std::string first_names(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, names.size()); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kNamed ? text + " and " + std::to_string(names.size() - kNamed) + " more" : text;
}

void Tally::remark(std::vector<std::string>& remarks, std::string_view what) const {
  if (count() > 0) remarks.push_back(std::string(what) + ": " + std::to_string(count()) + " (" + names() + ")");
}

void Tally::defect(std::vector<Defect>& defects, std::string_view what, const std::string& file) const {
  if (count() > 0) defects.push_back({.what = std::string(what), .places = names_, .file = file});
}

}  // namespace tandem

// Counts what a reader passes over for one reason, and keeps the first few by name for a remark.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

class Tally {
 public:
  void add(std::string_view name);

  std::int64_t count() const { return count_; }

  /// The first three names: "a.jpg, b.jpg, c.jpg and 12 more".
  std::string names() const;

  /// Adds "WHAT: COUNT (NAMES)" to the remarks if anything was counted.
  void remark(std::vector<std::string>& remarks, std::string_view what) const;

  /// Adds them to the defects if anything was counted. `what` in the plural: "blank captions".
  void defect(std::vector<Defect>& defects, std::string_view what) const;

 private:
  std::int64_t count_ = 0;
  std::vector<std::string> first_;
};

}  // namespace tandem

// Counts the entries that a reader leaves out for one reason, and keeps their names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

/// The first three names: "a.jpg, b.jpg, c.jpg and 12 more".
std::string first_names(const std::vector<std::string>& names);

class Tally {
 public:
  void add(std::string_view name) { names_.emplace_back(name); }

  std::int64_t count() const { return static_cast<std::int64_t>(names_.size()); }

  /// first_names of all names.
  std::string names() const { return first_names(names_); }

  /// Adds "WHAT: COUNT (NAMES)" to the remarks if anything was counted.
  void remark(std::vector<std::string>& remarks, std::string_view what) const;

  /// Adds one defect with all names if anything was counted. `what` is in the plural: "blank
  /// captions"; `file` as in Defect.
  void defect(std::vector<Defect>& defects, std::string_view what, const std::string& file = {}) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace tandem

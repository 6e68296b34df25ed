// Counts what a reader passes over for one reason, and keeps it by name.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

/// The first three: "a.jpg, b.jpg, c.jpg and 12 more".
std::string first_names(const std::vector<std::string>& names);

class Tally {
 public:
  void add(std::string_view name) { names_.emplace_back(name); }

  std::int64_t count() const { return static_cast<std::int64_t>(names_.size()); }

  /// As first_names has them.
  std::string names() const { return first_names(names_); }

  /// Adds "WHAT: COUNT (NAMES)" to the remarks if anything was counted.
  void remark(std::vector<std::string>& remarks, std::string_view what) const;

  /// Adds all of them to the defects if anything was counted. `what` in the plural: "blank
  /// captions"; `file` as in Defect.
  void defect(std::vector<Defect>& defects, std::string_view what, const std::string& file = {}) const;

 private:
  std::vector<std::string> names_;
};

}  // namespace tandem

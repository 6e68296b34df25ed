// What a reader said about the data it passed over.
#pragma once

#include <algorithm>
#include <string>

#include "tandem/data/caption_set.h"

namespace tandem::tests {

/// Whether one of the set's remarks, or the sentence of one of its defects, holds `part`.
inline bool has_remark(const CaptionSet& set, const std::string& part) {
  return std::any_of(set.remarks.begin(), set.remarks.end(),
                     [&](const std::string& remark) { return remark.find(part) != std::string::npos; }) ||
         std::any_of(set.defects.begin(), set.defects.end(),
                     [&](const Defect& defect) { return defect.sentence().find(part) != std::string::npos; });
}

}  // namespace tandem::tests

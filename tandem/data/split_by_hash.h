// Train, dev and test for data that come without split lists.
#pragma once

#include <string>
#include <string_view>

#include "tandem/data/caption_set.h"

namespace tandem {

/// 80% train, 10% dev, 10% test, told by the XXH3 checksum of the key alone: the same on every
/// machine, and a picture keeps its side when others come or go.
Split split_by_hash(std::string_view key);

/// "no split was given: ... 80 / 10 / 10 by the hash of WHAT": for the remark of a reader that
/// splits so.
std::string split_remark(std::string_view what);

/// Puts `remark` in the place of what a reader said of the splits it made.
void replace_split_remark(CaptionSet& set, const std::string& remark);

}  // namespace tandem

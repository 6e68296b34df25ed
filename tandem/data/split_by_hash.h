// Train, dev and test splits for data without split lists.
#pragma once

#include <string>
#include <string_view>

#include "tandem/data/caption_set.h"

namespace tandem {

/// 80% train, 10% dev, 10% test. The split depends only on the XXH3 checksum of the key: it is the
/// same on every machine, and a picture keeps its split when others are added or removed.
Split split_by_hash(std::string_view key);

/// "no split was given: ... 80 / 10 / 10 by the hash of WHAT": the remark of a reader that splits
/// by hash.
std::string split_remark(std::string_view what);

/// Replaces the reader's remark on the splits it made by `remark`.
void replace_split_remark(CaptionSet& set, const std::string& remark);

}  // namespace tandem

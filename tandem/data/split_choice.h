// A choice of pictures by split, as people write it: one split, or all pictures.
#pragma once

#include <optional>
#include <string>

#include "tandem/data/caption_set.h"

namespace tandem {

/// The words for it.
inline constexpr const char* kSplitHelp = "train, dev, test, none (pictures in no split) or all";

/// The split of that name ("val" is dev too); nothing for "all", which is every picture.
/// Throws c10::ValueError if there is no split of that name.
std::optional<Split> split_choice(const std::string& name);

/// The choice by its usual name: "val" becomes "dev". Throws as split_choice.
std::string usual_split_name(const std::string& name);

}  // namespace tandem

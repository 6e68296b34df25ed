// The split that the name of a file or folder tells.
#pragma once

#include <optional>
#include <string_view>

#include "tandem/data/caption_set.h"

namespace tandem {

/// The split that the first of the name's words names, if one does: "train-0001" and
/// "captions_val2017" do. A word is a run of letters, in upper or lower case.
std::optional<Split> split_in_name(std::string_view name);

}  // namespace tandem

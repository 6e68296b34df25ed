// The word that somebody probably meant: "did you mean".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// Number of single letters to insert, delete, change or swap with their neighbour that turn one
/// word into the other; no letter is touched twice (optimal string alignment). Needs O(A*B) time.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word of `known` that is nearest to `word`; of equally near ones the first. Capital letters
/// count as small ones. A word that begins with `word` (three letters or more) is one edit away.
/// Nothing if the nearest is more than a third of the letters away, or if it equals `word`.
std::optional<std::string> near_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace tandem

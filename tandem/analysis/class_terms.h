// The words that set one group of texts apart from the others: c-TF-IDF (Grootendorst 2022,
// arXiv:2203.05794, equation 2).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tandem {

/// The words of a text that can name something: letters and digits without punctuation around them,
/// ASCII in lower case, without English function words ("the", "with"), single ASCII letters and
/// plain numbers. Bytes outside ASCII count as letters.
std::vector<std::string> content_words(const std::string& text);

/// For every class its `count` words of the greatest weight, the greatest first:
///
///   weight of word t in class c = (uses of t in c) * log(1 + A / (uses of t in all classes)),
///
/// where A is the mean number of words per class. Of equal weights the word that is first in the
/// alphabet is first. A class may have fewer words, or none.
///
///   texts     [N]
///   class_of  [N] from 0 to classes - 1, or -1: the text is in no class and not counted
///
/// Throws c10::ValueError if the lengths differ or a class is out of range.
std::vector<std::vector<std::string>> class_terms(const std::vector<std::string>& texts,
                                                  const std::vector<std::int64_t>& class_of, std::int64_t classes,
                                                  std::size_t count);

}  // namespace tandem

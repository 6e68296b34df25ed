// Counts that describe a set's captions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tandem/data/caption_set.h"

namespace tandem {

struct CaptionStatistics {
  std::int64_t captions = 0;
  std::map<std::int64_t, std::int64_t> per_picture;                ///< captions per picture -> number of pictures
  std::map<std::int64_t, std::int64_t> lengths;                    ///< pieces between spaces -> number of captions
  std::int64_t vocabulary = 0;                                     ///< different words
  std::int64_t seen_once = 0;                                      ///< words that occur once in all captions
  std::vector<std::pair<std::string, std::int64_t>> common_words;  ///< most frequent first, then alphabetical
};

/// Words of the vocabulary are pieces between spaces, with ASCII letters in lower case and without
/// ASCII punctuation at their ends.
///
///   most  number of common words to keep
CaptionStatistics caption_statistics(const CaptionSet& set, std::size_t most = 20);

/// The number of pieces between spaces. In Flickr8k full stops stand apart and count as pieces.
std::int64_t caption_length(const std::string& caption);

}  // namespace tandem

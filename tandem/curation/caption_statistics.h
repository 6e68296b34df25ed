// What a set's captions are like, counted.
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
  std::map<std::int64_t, std::int64_t> per_picture;                ///< captions a picture has -> pictures
  std::map<std::int64_t, std::int64_t> lengths;                    ///< pieces between spaces -> captions
  std::int64_t vocabulary = 0;                                     ///< different words
  std::int64_t seen_once = 0;                                      ///< words that occur once in all captions
  std::vector<std::pair<std::string, std::int64_t>> common_words;  ///< the commonest first; equal ones by their letters
};

/// Words of the vocabulary are pieces between spaces, ASCII letters in lower case, without ASCII
/// punctuation at their ends.
///   most  how many common words to keep
CaptionStatistics caption_statistics(const CaptionSet& set, std::size_t most = 20);

/// The pieces between spaces. Flickr8k, which sets its full stops apart, counts so.
std::int64_t caption_length(const std::string& caption);

}  // namespace tandem

// Groups of captions and pictures for which a model may be strong or weak: by length, words,
// brightness, size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tandem {

/// The words and phrases that put a caption into one group ("colour": "red", "dark blue").
struct WordList {
  std::string name;
  std::unordered_set<std::string> phrases;  ///< lower case, words separated by one space
  std::size_t longest = 1;                  ///< number of words in the longest phrase
};

/// Reads "[name]" lines and, below each, words and phrases, one per line; "#" begins a comment.
/// Throws FileError naming the line if a phrase comes before the first name, a list is empty or a
/// name occurs twice.
std::vector<WordList> parse_word_lists(std::string_view text, const std::filesystem::path& file);

/// The lists of tandem/analysis/caption_words.txt, which is embedded in the program: colour,
/// number, action, spatial relation.
const std::vector<WordList>& default_word_lists();

struct Slice {
  std::string group;                  ///< "caption length", "colour"
  std::string name;                   ///< "6 to 10 words", "with"
  std::vector<std::int64_t> members;  ///< rows in ascending order; at least one
};

/// Slices of captions by length, in steps of five words, and by each list: captions with one of its
/// phrases, and captions without any. Words are separated by spaces, in lower case (ASCII) and
/// without ASCII punctuation at their ends; phrases are searched for in consecutive words. Slices
/// without captions are left out.
std::vector<Slice> caption_slices(const std::vector<std::string>& captions, const std::vector<WordList>& lists);

/// The properties of a picture; a width of 0 means that they are unknown.
struct PictureLook {
  double brightness = 0;  ///< mean luma, 0 to 255
  std::int64_t width = 0, height = 0;
};

/// Thirds of the known pictures by brightness and by number of pixels. Equal values stay together,
/// so there may be fewer than three slices.
std::vector<Slice> picture_slices(const std::vector<PictureLook>& pictures);

}  // namespace tandem

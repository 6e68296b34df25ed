// Kinds of captions and pictures by which a model can be strong or weak: length, words, brightness,
// size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace tandem {

/// The words and phrases that make a caption one of a kind ("colour": "red", "dark blue").
struct WordList {
  std::string name;
  std::unordered_set<std::string> phrases;  ///< lower case, words set apart by one space
  std::size_t longest = 1;                  ///< words in the longest phrase
};

/// Reads "[name]" lines and, below each, words and phrases, one a line; "#" begins a comment.
/// Throws FileError naming the line if a phrase stands before the first name, a list is empty or a
/// name is there twice.
std::vector<WordList> parse_word_lists(std::string_view text, const std::filesystem::path& file);

/// tandem/analysis/caption_words.txt, which the program carries: colour, number, action, spatial
/// relation.
const std::vector<WordList>& default_word_lists();

struct Slice {
  std::string group;                  ///< "caption length", "colour"
  std::string name;                   ///< "6 to 10 words", "with"
  std::vector<std::int64_t> members;  ///< rows, rising; at least one
};

/// Words are what stands between spaces, ASCII letters in lower case, without ASCII punctuation at
/// their ends; a list's phrases are looked for among neighbouring words. Lengths go in steps of
/// five words, every list has a slice with its words and one without. Slices without captions are
/// left out.
std::vector<Slice> caption_slices(const std::vector<std::string>& captions, const std::vector<WordList>& lists);

/// What a picture is like; a width of 0 says that nothing is known.
struct PictureLook {
  double brightness = 0;  ///< mean luma, 0 to 255
  std::int64_t width = 0, height = 0;
};

/// Thirds of the known pictures by brightness and by pixels; equal values stay together, so there
/// may be fewer than three.
std::vector<Slice> picture_slices(const std::vector<PictureLook>& pictures);

}  // namespace tandem

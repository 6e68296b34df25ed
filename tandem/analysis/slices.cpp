#include "tandem/analysis/slices.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "tandem/analysis/caption_words.h"
#include "tandem/base/errors.h"

namespace tandem {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// ASCII only: the result must not depend on a locale, and letters beyond ASCII belong to words.
bool is_punctuation(char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

std::vector<std::string> words_of(std::string_view caption) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < caption.size();) {
    if (is_space(caption[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < caption.size() && !is_space(caption[end])) ++end;
    std::string_view word = caption.substr(begin, end - begin);
    begin = end;
    while (!word.empty() && is_punctuation(word.front())) word.remove_prefix(1);
    while (!word.empty() && is_punctuation(word.back())) word.remove_suffix(1);
    if (word.empty()) continue;
    words.emplace_back(word);
    for (char& c : words.back()) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

bool has_one(const std::vector<std::string>& words, const WordList& list) {
  for (std::size_t begin = 0; begin < words.size(); ++begin) {
    std::string phrase;
    for (std::size_t end = begin; end < std::min(words.size(), begin + list.longest); ++end) {
      phrase += (end > begin ? " " : "") + words[end];
      if (list.phrases.count(phrase) > 0) return true;
    }
  }
  return false;
}

void add_filled(std::vector<Slice>& slices, Slice slice) {
  if (!slice.members.empty()) slices.push_back(std::move(slice));
}

std::string rounded(double value) { return std::to_string(std::llround(value)); }

/// Up to a third of the values, up to two thirds, the rest.
void add_thirds(std::vector<Slice>& slices, const std::string& group, const std::array<const char*, 3>& names,
                const std::vector<std::int64_t>& rows, const std::vector<double>& values) {
  if (rows.empty()) return;
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const std::array<double, 3> bars = {sorted[(sorted.size() - 1) / 3], sorted[2 * (sorted.size() - 1) / 3],
                                      sorted.back()};
  for (std::size_t third = 0; third < 3; ++third) {
    Slice slice{.group = group, .name = names[third], .members = {}};
    double least = sorted.back();
    double most = sorted.front();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (values[i] > bars[third] || (third > 0 && values[i] <= bars[third - 1])) continue;
      slice.members.push_back(rows[i]);
      least = std::min(least, values[i]);
      most = std::max(most, values[i]);
    }
    slice.name += " (" + rounded(least) + " to " + rounded(most) + ")";
    add_filled(slices, std::move(slice));
  }
}

}  // namespace

std::vector<WordList> parse_word_lists(std::string_view text, const std::filesystem::path& file) {
  std::vector<WordList> lists;
  std::size_t number = 0;
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw FileError(file.string() + " line " + std::to_string(number), expected, found);
  };
  const auto check_last = [&] {
    if (!lists.empty() && lists.back().phrases.empty()) refuse("words below [" + lists.back().name + "]", "none");
  };
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, std::min(text.find('#'), end));
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    if (line.empty()) continue;
    if (line.front() == '[' && line.back() == ']') {
      check_last();
      const std::string name(line.substr(1, line.size() - 2));
      if (std::any_of(lists.begin(), lists.end(), [&](const WordList& list) { return list.name == name; }))
        refuse("every name once", "[" + name + "] twice");
      lists.push_back({.name = name});
      continue;
    }
    if (lists.empty()) refuse("a name in brackets before the first word", "\"" + std::string(line) + "\"");
    const std::vector<std::string> words = words_of(line);
    std::string phrase;
    for (const std::string& word : words) phrase += (phrase.empty() ? "" : " ") + word;
    if (phrase.empty()) refuse("a word or phrase", "\"" + std::string(line) + "\"");
    lists.back().longest = std::max(lists.back().longest, words.size());
    lists.back().phrases.insert(phrase);
  }
  check_last();
  if (lists.empty()) throw FileError(file, "a name in brackets and words below it", "none");
  return lists;
}

const std::vector<WordList>& default_word_lists() {
  static const std::vector<WordList> lists = parse_word_lists(kCaptionWords, "caption_words.txt");
  return lists;
}

std::vector<Slice> caption_slices(const std::vector<std::string>& captions, const std::vector<WordList>& lists) {
  constexpr std::size_t kStep = 5, kSteps = 4;
  const auto length_name = [](std::size_t step) -> std::string {
    if (step == 0) return "1 to 5 words";
    if (step == kSteps) return "over 20 words";
    return std::to_string(step * kStep + 1) + " to " + std::to_string((step + 1) * kStep) + " words";
  };
  std::vector<Slice> slices(kSteps + 1 + 2 * lists.size());
  for (std::size_t step = 0; step <= kSteps; ++step) {
    slices[step].group = "caption length";
    slices[step].name = length_name(step);
  }
  for (std::size_t l = 0; l < lists.size(); ++l) {
    for (const std::size_t without : {0, 1}) {
      Slice& slice = slices[kSteps + 1 + 2 * l + without];
      slice.group = lists[l].name;
      slice.name = without == 1 ? "without" : "with";
    }
  }
  for (std::size_t j = 0; j < captions.size(); ++j) {
    const auto row = static_cast<std::int64_t>(j);
    const std::vector<std::string> words = words_of(captions[j]);
    slices[std::min(kSteps, (std::max<std::size_t>(words.size(), 1) - 1) / kStep)].members.push_back(row);
    for (std::size_t l = 0; l < lists.size(); ++l)
      slices[kSteps + 1 + 2 * l + (has_one(words, lists[l]) ? 0 : 1)].members.push_back(row);
  }
  std::erase_if(slices, [](const Slice& slice) { return slice.members.empty(); });
  return slices;
}

std::vector<Slice> picture_slices(const std::vector<PictureLook>& pictures) {
  std::vector<std::int64_t> rows;
  std::vector<double> brightness, pixels;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i].width == 0) continue;
    rows.push_back(static_cast<std::int64_t>(i));
    brightness.push_back(pictures[i].brightness);
    pixels.push_back(static_cast<double>(pictures[i].width * pictures[i].height) / 1000);
  }
  std::vector<Slice> slices;
  add_thirds(slices, "brightness (mean luma)", {"dark", "middling", "bright"}, rows, brightness);
  add_thirds(slices, "size (thousand pixels)", {"small", "middling", "large"}, rows, pixels);
  return slices;
}

}  // namespace tandem

#include "tandem/readers/openclipart.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>
#include <unordered_set>

#include "tandem/base/errors.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/readers/svg_metadata.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kLongestDescriptionBytes = 200;
constexpr std::size_t kMostKeywords = 8;
constexpr std::string_view kCopiedTitle = "clipart by ";

constexpr std::array<std::string_view, 10> kPlaceholders = {"gramastar",   "untitled", "drawing", "clipart", "clip art",
                                                            "openclipart", "no title", "image",   "picture", "test"};
constexpr std::array<std::string_view, 8> kFileEndings = {".svg", ".svgz", ".png", ".jpg",
                                                          ".gif", ".ai",   ".eps", ".sxd"};
constexpr std::array<std::string_view, 5> kCollectionEndings = {" theme", "iconset", "icon set", "cliparts",
                                                                "clip arts"};
constexpr std::array<std::string_view, 9> kFileTalk = {
    "public domain", "copyright", "licen", "inkscape", "converted from", "created by", "contact:", "clipart", "submi"};
// Keywords that only classify the drawing or come from the archive's own tools, and do not describe
// what is seen.
constexpr std::array<std::string_view, 24> kFilingKeywords = {
    "hash",    "unsorted",    "theme",      "icons",      "action",           "actions", "application", "applications",
    "appicon", "filesystem",  "mimetypes",  "mime-types", "mimeicon",         "menu",    "special",     "stock",
    "magick",  "openclipart", "miscellany", "creation",   "lemon_theme_icon", "devices", "apps",        "clip art"};

template <std::size_t n>
bool is_one_of(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

/// ASCII letters, and every byte beyond ASCII: one character of another script may be a whole word.
std::int64_t letter_count(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalpha(byte) != 0 || byte >= 0x80;
  });
}

bool is_address(std::string_view lower) {
  return contains(lower, "@") || contains(lower, "http:") || contains(lower, "www.") || lower.starts_with("hash(0x");
}

/// C1 control characters, U+0080 to U+009F, are what a text read in the wrong encoding leaves
/// behind.
bool is_garbled(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] == '\xC2' && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

/// The archive escaped the contributors' text twice, HTML included.
std::string plain_text(std::string_view text) { return clean_caption(without_tags(decode_entities(text))); }

/// The whole text if it is short, or else its first sentence; empty if that is long too.
std::string short_description(const std::string& text) {
  if (text.size() <= kLongestDescriptionBytes) return text;
  const std::size_t end = text.find(". ");
  return end < kLongestDescriptionBytes ? text.substr(0, end + 1) : std::string();
}

/// A text without differences that do not matter.
std::string letters_and_digits(std::string_view text) {
  std::string kept;
  for (const char c : lower_case(text)) {
    if (static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0) kept += c;
  }
  return kept;
}

std::string keyword_caption(const SvgMetadata& metadata) {
  std::vector<std::string> words;
  const std::string creator = lower_case(metadata.creator);
  for (const std::string& subject : metadata.subjects) {
    std::string word = lower_case(plain_text(subject));
    if (is_one_of(word, kFilingKeywords) || letter_count(word) < 2 || is_address(word) || is_garbled(word) ||
        word.starts_with("0x") || contains(word, "&") || word == creator) {
      continue;
    }
    std::replace(word.begin(), word.end(), '_', ' ');
    if (word == "mapsym") word = "map symbol";
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
  }
  if (words.size() > kMostKeywords) words.resize(kMostKeywords);
  std::string caption;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) caption += i + 1 == words.size() ? " and " : ", ";
    caption += words[i];
  }
  return caption.empty() ? caption : "clip art of " + caption;
}

struct Candidate {
  std::string text;
  int most_uses = kMostDrawingsPerCaption;
};

struct Drawing {
  CaptionedImage image;
  std::string title;  ///< empty if it is junk
  std::vector<Candidate> candidates;
  std::string keywords;  ///< as a caption
};

Drawing describe(const SvgMetadata& metadata) {
  Drawing drawing;
  drawing.title = clean_title(metadata.title);
  if (is_junk_title(drawing.title) || is_garbled(drawing.title)) drawing.title.clear();
  if (!drawing.title.empty()) {
    // Contributors often left these titles unchanged when they saved the next drawing: on a second
    // drawing they are wrong.
    const bool often_copied = lower_case(metadata.title).starts_with(kCopiedTitle);
    drawing.candidates.push_back({.text = drawing.title, .most_uses = often_copied ? 1 : kMostDrawingsPerCaption});
  }
  const std::string description = short_description(plain_text(metadata.description));
  const bool repeats_title = letters_and_digits(description) == letters_and_digits(drawing.title);
  if (!is_junk_description(description) && !is_garbled(description) && !repeats_title) {
    drawing.candidates.push_back({.text = description});
  }
  drawing.keywords = keyword_caption(metadata);
  return drawing;
}

/// How many drawings have each caption, capital letters aside.
using Uses = std::unordered_map<std::string, int>;

void choose_captions(Drawing& drawing, const Uses& uses) {
  std::vector<std::string>& captions = drawing.image.captions;
  bool has_title = false;
  for (const Candidate& candidate : drawing.candidates) {
    if (uses.at(lower_case(candidate.text)) > candidate.most_uses) continue;
    captions.push_back(candidate.text);
    has_title = has_title || candidate.text == drawing.title;
  }
  if (drawing.keywords.empty()) return;
  const bool distinct = uses.at(lower_case(drawing.keywords)) <= kMostDrawingsPerCaption;
  if (distinct) captions.push_back(drawing.keywords);
  if (!distinct && has_title) captions.push_back(drawing.title + ", " + drawing.keywords);
}

std::vector<Path> svg_files(const Path& folder) {
  if (!std::filesystem::is_directory(folder)) {
    throw FileError(folder, "a folder of SVG drawings", std::filesystem::exists(folder) ? "a file" : "no such folder");
  }
  std::vector<Path> files;
  std::error_code error;
  const auto options = std::filesystem::directory_options::skip_permission_denied;
  for (std::filesystem::recursive_directory_iterator entry(folder, options, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (lower_case(entry->path().extension().string()) == ".svg" && entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
  }
  if (error) throw FileError(folder, "a readable folder", error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string clean_title(std::string_view title) {
  std::string clean = plain_text(title);
  if (lower_case(clean).starts_with(kCopiedTitle)) {
    if (const std::size_t dash = clean.find(" - "); dash != std::string::npos) clean.erase(0, dash + 3);
  }
  const bool has_space = contains(clean, " ");
  std::replace(clean.begin(), clean.end(), '_', ' ');
  if (!has_space) std::replace(clean.begin(), clean.end(), '-', ' ');
  return clean_caption(clean);
}

bool is_junk_title(std::string_view title) {
  const std::string lower = lower_case(trimmed(title));
  if (letter_count(lower) < 2 || is_address(lower) || is_one_of(lower, kPlaceholders)) return true;
  if (lower.starts_with("part of ") || contains(lower, "collection by") || contains(lower, "collection (")) return true;
  const auto ends_lower = [&](std::string_view ending) { return lower.ends_with(ending); };
  return std::any_of(kFileEndings.begin(), kFileEndings.end(), ends_lower) ||
         std::any_of(kCollectionEndings.begin(), kCollectionEndings.end(), ends_lower);
}

bool is_junk_description(std::string_view description) {
  if (is_junk_title(description) || !contains(trimmed(description), " ")) return true;
  const std::string lower = lower_case(description);
  return std::any_of(kFileTalk.begin(), kFileTalk.end(), [&](std::string_view talk) { return contains(lower, talk); });
}

CaptionSet read_openclipart(const std::filesystem::path& folder) {
  const Path root = folder.empty() ? Path(kDebianOpenClipArt) : folder;
  std::vector<Drawing> drawings;
  std::unordered_set<std::string> contents;
  Uses uses;
  Tally repeated, speechless;
  for (const Path& file : svg_files(root)) {
    const MappedFile map(file);
    const std::string id = file.lexically_relative(root).generic_string();
    const std::string content = checksum_of(map.bytes());
    if (!contents.insert(content).second) {
      repeated.add(id);
      continue;
    }
    Drawing drawing = describe(read_svg_metadata(map.bytes()));
    drawing.image = {.id = id, .picture = {.file = file}, .split = split_by_hash(content), .captions = {}};
    for (const Candidate& candidate : drawing.candidates) ++uses[lower_case(candidate.text)];
    if (!drawing.keywords.empty()) ++uses[lower_case(drawing.keywords)];
    drawings.push_back(std::move(drawing));
  }

  CaptionSet set{
      .name = "openclipart", .images = {}, .remarks = {split_remark("the drawings' bytes")}, .splits_made = true};
  for (Drawing& drawing : drawings) {
    choose_captions(drawing, uses);
    if (drawing.image.captions.empty()) {
      speechless.add(drawing.image.id);
    } else {
      set.images.push_back(std::move(drawing.image));
    }
  }
  repeated.remark(set.remarks, "files that hold the same drawing as another were left out");
  speechless.remark(set.remarks, "drawings without a title, description or keywords that describe them were left out");
  check_caption_set(set, root);
  return set;
}

}  // namespace tandem

// The answers to searches as one self-contained page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tandem/figures/page_picture.h"

namespace tandem {

struct SearchPageHit {
  std::int64_t picture = 0;  ///< index into SearchPage::pictures
  double similarity = 0;
  std::vector<std::string> captions;  ///< of a picture: all of its; of a caption: itself. May be empty
};

struct SearchPageQuery {
  std::string words;          ///< shown as the heading: words, or the name of a picture
  std::int64_t picture = -1;  ///< index into SearchPage::pictures, if the query is a picture; -1: words
  std::string note;           ///< one sentence: what the order is
  bool finds_captions = false;
  std::vector<SearchPageHit> hits;  ///< the best first
};

struct SearchPage {
  std::string title;
  std::string note;                   ///< one sentence under the title
  std::vector<PagePicture> pictures;  ///< every picture once; the thumbnail is also shown enlarged
  std::vector<SearchPageQuery> queries;
};

/// Writes the page: one grid of pictures per query, with ranks and similarities. A click enlarges a
/// picture. The page needs no network and can be read on a phone and in the dark.
/// Throws c10::ValueError if a similarity is not finite, a picture's index is out of range or a
/// thumbnail is not a data:image/ URI; FileError if `out` does not end in .html or cannot be
/// written.
void write_search_page(const std::filesystem::path& out, const SearchPage& page);

}  // namespace tandem

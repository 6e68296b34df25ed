// The results of an audit as one self-contained page: suspects with pictures and captions side by
// side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tandem/figures/page_picture.h"

namespace tandem {

/// One pair of picture and caption. Pictures are indices into AuditPage::pictures.
struct AuditCard {
  std::size_t picture = 0;
  std::string caption;                      ///< the caption that is judged
  std::vector<std::string> own_captions;    ///< the picture's other captions
  std::string numbers;                      ///< one line of measurements
  bool planted = false;                     ///< the caption was planted here on purpose
  std::vector<std::string> other_captions;  ///< of other pictures, nearest first
  std::vector<std::size_t> other_pictures;  ///< nearest to the caption first
};

struct AuditSection {
  std::string id;  ///< one word: the anchor, and selects the colour in audit.css
  std::string title;
  std::string explanation;
  std::int64_t count = 0;  ///< pairs in all; the cards may show only the first of them
  std::vector<AuditCard> cards;
};

/// Two pictures with the same caption, as far as the text encoder can tell.
struct AuditTwins {
  std::size_t first = 0, second = 0;
  std::string first_caption, second_caption;
  double similarity = 0;
};

struct AuditPage {
  std::string title;
  std::string note;
  std::vector<std::pair<std::string, std::string>> method = {};  ///< name and text of everything a verdict depends on
  std::vector<PagePicture> pictures = {};
  std::vector<AuditSection> sections = {};
  std::string twins_explanation = {};
  std::int64_t twins_count = 0;
  std::vector<AuditTwins> twins = {};
};

/// Writes the page; it needs no network.
/// Throws c10::ValueError if a thumbnail is not a data:image/ URI, a picture's index is out of
/// range or a similarity is not finite; FileError if `out` does not end in .html or cannot be
/// written.
void write_audit_page(const std::filesystem::path& out, const AuditPage& page);

}  // namespace tandem

// Reads what an SVG's RDF metadata (Dublin Core inside <metadata>) tells about the drawing. It
// scans for that part only: the drawing itself, often megabytes, is not parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// UTF-8, entities decoded once, trimmed; empty if the file has no such field.
struct SvgMetadata {
  std::string title;
  std::string description;
  std::string creator;
  std::vector<std::string> subjects;  ///< keywords, in the file's order
};

/// The first of each field that belongs to the work itself (a publisher has a dc:title too).
/// Malformed XML gives the fields before the fault. Text that is not UTF-8, or is declared to be
/// Latin-1, is read as Latin-1. Never throws because of the content.
SvgMetadata read_svg_metadata(std::string_view svg);

/// The text with "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" and numbers like "&#233;" and "&#xE9;"
/// replaced by their characters; other entities stay.
std::string decode_entities(std::string_view text);

/// The text without "<...>" tags and "<!-- -->" comments; each becomes a space.
std::string without_tags(std::string_view text);

}  // namespace tandem

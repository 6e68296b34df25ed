// What an SVG's RDF metadata (Dublin Core inside <metadata>) says of the drawing, read by a light
// scanner: the drawing itself, often megabytes, is not parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tandem {

/// UTF-8, entities decoded once, trimmed; empty where the file says nothing.
struct SvgMetadata {
  std::string title;
  std::string description;
  std::string creator;
  std::vector<std::string> subjects;  ///< keywords, in the file's order
};

/// The first of each that belongs to the work itself (a publisher has a dc:title too). Malformed
/// XML gives what was read up to the fault; text that is not UTF-8, or is declared to be Latin-1,
/// is read as that. Never throws over what the bytes hold.
SvgMetadata read_svg_metadata(std::string_view svg);

/// "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" and "&#233;", "&#xE9;" as the characters they stand
/// for; other entities stay.
std::string decode_entities(std::string_view text);

/// Without "<...>" tags and "<!-- -->" comments; each leaves a space.
std::string without_tags(std::string_view text);

}  // namespace tandem

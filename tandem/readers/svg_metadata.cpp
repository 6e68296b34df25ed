#include "tandem/readers/svg_metadata.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstring>
#include <utility>

#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

constexpr std::size_t kLargestBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kHeadBytes = 200;  // The XML declaration stands at the very front.
constexpr std::string_view kBlockName = "metadata";

std::size_t position_of(std::string_view needle, std::string_view text, std::size_t from) {
  // memmem is several times faster than string_view::find over the megabytes before the block.
  if (from >= text.size()) return std::string_view::npos;
  const void* found = ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return found == nullptr ? std::string_view::npos : static_cast<const char*>(found) - text.data();
}

/// The text between <metadata> and </metadata>, whatever prefix the name has.
std::string_view metadata_block(std::string_view svg) {
  for (std::size_t at = position_of(kBlockName, svg, 0); at != std::string_view::npos;
       at = position_of(kBlockName, svg, at + 1)) {
    const std::size_t open = svg.rfind('<', at);
    if (open == std::string_view::npos || at - open > 20) continue;
    const std::string_view prefix = svg.substr(open + 1, at - open - 1);
    if (!prefix.empty() && (prefix.back() != ':' || prefix.find_first_of(" \t\r\n/!") != std::string_view::npos))
      continue;
    const std::size_t begin = svg.find('>', at);
    if (begin == std::string_view::npos || svg[begin - 1] == '/') continue;
    const std::string closing = "</" + std::string(prefix) + std::string(kBlockName);
    const std::size_t end = std::min(position_of(closing, svg, begin), svg.size());
    return svg.substr(begin + 1, std::min(end - begin - 1, kLargestBlockBytes));
  }
  return {};
}

std::string from_latin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

bool declares_latin1(std::string_view svg) {
  const std::string head = lower_case(svg.substr(0, kHeadBytes));
  return head.substr(0, head.find("?>")).find("iso-8859-1") != std::string::npos;
}

std::string_view local_name(std::string_view tag) {
  const std::string_view name = tag.substr(0, tag.find_first_of(" \t\r\n/"));
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// The elements that are open around the text being read, outermost first.
using Open = std::vector<std::string_view>;

bool inside(const Open& open, std::string_view name) { return std::find(open.begin(), open.end(), name) != open.end(); }

void keep_first(std::string& target, const std::string& text) {
  if (target.empty()) target = text;
}

void take_text(const Open& open, const std::string& raw, SvgMetadata& metadata) {
  if (open.empty()) return;
  const std::string text(trimmed(raw));
  const std::string_view name = open.back();
  const bool of_someone =
      inside(open, "creator") || inside(open, "publisher") || inside(open, "rights") || inside(open, "contributor");
  if (name == "title" && inside(open, "creator")) keep_first(metadata.creator, text);
  if (name == "title" && !of_someone) keep_first(metadata.title, text);
  if (name == "description" && !of_someone) keep_first(metadata.description, text);
  const bool keyword = name == "li" && inside(open, "subject");
  if ((keyword || name == "subject") && !text.empty()) metadata.subjects.push_back(text);
}

/// The text so far belongs to the innermost element; an element's text ends where any tag begins.
SvgMetadata scan(std::string_view block) {
  SvgMetadata metadata;
  Open open;
  std::string text;
  while (!block.empty()) {
    const std::size_t tag_begin = std::min(block.find('<'), block.size());
    text += decode_entities(block.substr(0, tag_begin));
    block.remove_prefix(tag_begin);
    if (block.empty()) break;
    if (block.starts_with("<!--")) {
      const std::size_t end = block.find("-->");
      block.remove_prefix(end == std::string_view::npos ? block.size() : end + 3);
      continue;
    }
    if (block.starts_with("<![CDATA[")) {
      const std::size_t end = std::min(block.find("]]>"), block.size());
      text += block.substr(9, end - std::min<std::size_t>(end, 9));
      block.remove_prefix(std::min(end + 3, block.size()));
      continue;
    }
    const std::size_t tag_end = block.find('>');
    if (tag_end == std::string_view::npos) break;
    std::string_view tag = block.substr(1, tag_end - 1);
    block.remove_prefix(tag_end + 1);
    if (tag.empty() || tag.front() == '?' || tag.front() == '!') continue;
    take_text(open, text, metadata);
    text.clear();
    if (tag.front() == '/') {
      // A closing tag without its opening tag is ignored; one that skips others closes them too.
      const auto opened = std::find(open.rbegin(), open.rend(), local_name(tag.substr(1)));
      if (opened != open.rend()) open.erase(std::prev(opened.base()), open.end());
    } else if (tag.back() != '/') {
      open.push_back(local_name(tag));
    }
  }
  return metadata;
}

/// The character an entity's name stands for; empty if it is not known.
std::string entity(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kNamed = {
      {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}}};
  for (const auto& [known, text] : kNamed) {
    if (name == known) return std::string(text);
  }
  if (name.size() < 2 || name.front() != '#') return {};
  const bool hexadecimal = name[1] == 'x' || name[1] == 'X';
  const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
  std::uint32_t code_point = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code_point, hexadecimal ? 16 : 10);
  const auto signed_code_point = static_cast<utf8proc_int32_t>(code_point);
  if (error != std::errc() || end != digits.data() + digits.size() || code_point == 0 || code_point > 0x10FFFF ||
      !utf8proc_codepoint_valid(signed_code_point)) {
    return {};
  }
  std::array<utf8proc_uint8_t, 4> bytes{};
  const utf8proc_ssize_t size = utf8proc_encode_char(signed_code_point, bytes.data());
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size)};
}

}  // namespace

std::string decode_entities(std::string_view text) {
  constexpr std::size_t kLongestName = 10;
  std::string decoded;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find('&'), text.size());
    decoded += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    const std::size_t end = text.substr(0, kLongestName + 2).find(';');
    const std::string character = end == std::string_view::npos ? std::string() : entity(text.substr(1, end - 1));
    decoded += character.empty() ? "&" : character;
    text.remove_prefix(character.empty() ? 1 : end + 1);
  }
  return decoded;
}

std::string without_tags(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find('<'), text.size());
    plain += text.substr(0, begin);
    text.remove_prefix(begin);
    if (text.empty()) break;
    // "a < b" is not a tag: a name, a slash or an exclamation mark must follow directly.
    const bool tag =
        text.size() > 1 && (std::isalpha(static_cast<unsigned char>(text[1])) != 0 || text[1] == '/' || text[1] == '!');
    const std::string_view closing = text.starts_with("<!--") ? "-->" : ">";
    const std::size_t end = tag ? text.find(closing) : std::string_view::npos;
    plain += end == std::string_view::npos ? '<' : ' ';
    text.remove_prefix(end == std::string_view::npos ? 1 : end + closing.size());
  }
  return plain;
}

SvgMetadata read_svg_metadata(std::string_view svg) {
  const std::string_view block = metadata_block(svg);
  if (declares_latin1(svg) || !is_utf8(block)) return scan(from_latin1(block));
  return scan(block);
}

}  // namespace tandem

// Open Clip Art as Debian's openclipart-svg installs it: SVG drawings with metadata that describes
// them.
#pragma once

#include <filesystem>
#include <string_view>

#include "tandem/data/caption_set.h"

namespace tandem {

/// The folder in which openclipart-svg installs its drawings.
inline constexpr const char* kDebianOpenClipArt = "/usr/share/openclipart/svg";

/// A title on more drawings than this names their collection ("card", "Simple arrows") and
/// describes none of them.
inline constexpr int kMostDrawingsPerCaption = 12;

/// Whether a title does not describe its drawing. Such a title
///   - has fewer than two letters;
///   - names a collection: begins with "part of", contains "collection by" or "collection (", or
///     ends in "theme", "iconset", "icon set", "cliparts" or "clip arts";
///   - is a placeholder: "gramastar", "untitled", "drawing", "clipart", "clip art", "openclipart",
///     "no title", "image", "picture", "test";
///   - is a file name (ends in .svg, .png, .ai, ...), an address (has "@", "http:" or "www."), or a
///     Perl reference ("HASH(0x85cd6ec)").
/// `title` is the result of clean_title; capital letters make no difference.
bool is_junk_title(std::string_view title);

/// Whether a description is a junk title, has fewer than two words, or is about the file instead of
/// the drawing: "public domain", "copyright", "licen", "inkscape", "converted from", "created by",
/// "contact:", "clipart", "submi".
bool is_junk_description(std::string_view description);

/// A title as a caption: entities are decoded again (the archive escaped them twice), HTML and a
/// leading "Clipart by NAME - " are removed, and "_" becomes a space, as does "-" if the title has
/// no space.
std::string clean_title(std::string_view title);

/// Reads all .svg files under `folder` (Debian's folder if it is empty); links to folders are not
/// followed. The captions of a drawing:
///   1. its title, cleaned, unless it is junk;
///   2. its description, unless it is junk or repeats the title; the first sentence of a long one;
///   3. "clip art of A, B and C", its keywords without those that only classify ("unsorted",
///      "theme").
/// A caption that more than kMostDrawingsPerCaption drawings share is dropped. Keyword captions are
/// kept, but then follow the title: "Botswana, clip art of flag, africa and sign". A title "Clipart
/// by NAME - ..." is dropped if even two drawings share it, because its author copied titles too.
/// Drawings without a caption, and files with the same bytes as another, are left out with a
/// remark. The split is by the hash of the drawing's bytes. Takes about a second per 400 MB once
/// the files are in memory.
/// Throws FileError if the folder is missing or holds no usable drawing.
CaptionSet read_openclipart(const std::filesystem::path& folder);

}  // namespace tandem

#include "tandem/images/image_file.h"

#include <array>
#include <cstdio>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/png_codec.h"
#include "tandem/images/svg_drawing.h"
#include "tandem/images/webp_codec.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kKnown = "a picture (JPEG, PNG, WebP or SVG)";
constexpr std::size_t kSvgHeadBytes = 65536;  // Comments and document types may stand before the <svg> element.
constexpr std::size_t kShownBytes = 16;

bool is_webp(std::string_view bytes) { return bytes.starts_with("RIFF") && bytes.substr(8).starts_with("WEBP"); }

bool is_svg(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || bytes[first] != '<') return false;
  const std::string_view head = bytes.substr(first, kSvgHeadBytes);
  const std::size_t svg = std::min(head.find("<svg"), head.find(":svg"));
  return svg != std::string_view::npos && svg < std::min(head.find("<html"), head.find("<HTML"));
}

struct KnownMagic {
  std::size_t offset;
  std::string_view magic;
  std::string_view what;
};

// Formats that a user may well pass in; their names are clearer than their first bytes.
constexpr std::array kOthers = {
    KnownMagic{0, "GIF8"sv, "a GIF"},
    KnownMagic{0, "BM"sv, "a BMP"},
    KnownMagic{0, "II*\0"sv, "a TIFF"},
    KnownMagic{0, "MM\0*"sv, "a TIFF"},
    KnownMagic{4, "ftypheic"sv, "a HEIC picture"},
    KnownMagic{4, "ftypmif1"sv, "a HEIF picture"},
    KnownMagic{4, "ftypavif"sv, "an AVIF picture"},
    KnownMagic{0, "\xFF\x0A"sv, "a JPEG XL picture"},
    KnownMagic{0, "\0\0\0\x0CJXL "sv, "a JPEG XL picture"},
    KnownMagic{0, "\0\0\0\x0CjP  "sv, "a JPEG 2000 picture"},
    KnownMagic{0, "%PDF"sv, "a PDF document"},
    KnownMagic{0, "\x1F\x8B"sv, "gzip-compressed data"},
    KnownMagic{0, "PK\x03\x04"sv, "a ZIP archive"},
};

std::string describe(std::string_view bytes) {
  if (bytes.empty()) return "an empty file";
  for (const KnownMagic& other : kOthers) {
    if (bytes.size() > other.offset && bytes.substr(other.offset).starts_with(other.magic))
      return std::string(other.what);
  }
  std::string text = "bytes that begin \"";
  for (const char c : bytes.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    char shown[5] = {c, '\0'};
    if (byte < 0x20 || byte >= 0x7F) std::snprintf(shown, sizeof shown, "\\x%02x", byte);
    text += shown;
  }
  return text + "\"";
}

}  // namespace

std::string_view picture_ending(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "jpg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return "png";
  if (bytes.size() >= 12 && is_webp(bytes)) return "webp";
  return is_svg(bytes) ? "svg" : "";
}

RgbImage decode_image(std::string_view bytes, const std::filesystem::path& name, const ImageLimits& limits) {
  const std::string_view kind = picture_ending(bytes);
  if (kind == "jpg") return decode_jpeg(bytes, name, limits.max_pixels);
  if (kind == "png") return decode_png(bytes, name, limits.max_pixels);
  if (kind == "webp") return decode_webp(bytes, name, limits.max_pixels);
  if (kind == "svg") return draw_svg(bytes, name, limits.svg_side, {.max_pixels = limits.max_pixels});
  throw FileError(name, kKnown, describe(bytes));
}

RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits) {
  return decode_image(read_file(path, static_cast<std::size_t>(limits.max_file_bytes)), path, limits);
}

}  // namespace tandem

#include "tandem/images/picture_format.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace tandem {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSvgHeadBytes = 65536;  // Comments and document types may stand before the <svg> element.
constexpr std::size_t kShownBytes = 16;
constexpr std::size_t kMostBrandBytes = 1024;

constexpr std::array kReadEndings = {".jpg"sv,  ".jpeg"sv, ".jpe"sv,  ".jfif"sv, ".png"sv,  ".webp"sv,
                                     ".gif"sv,  ".bmp"sv,  ".dib"sv,  ".tif"sv,  ".tiff"sv, ".heic"sv,
                                     ".heif"sv, ".hif"sv,  ".avif"sv, ".svg"sv};
constexpr std::array kForeignEndings = {".jxl"sv, ".jp2"sv, ".j2k"sv, ".jpf"sv, ".jxr"sv, ".ico"sv, ".icns"sv, ".psd"sv,
                                        ".psb"sv, ".xcf"sv, ".eps"sv, ".ai"sv,  ".tga"sv, ".pcx"sv, ".ppm"sv,  ".pgm"sv,
                                        ".pbm"sv, ".pnm"sv, ".exr"sv, ".hdr"sv, ".dds"sv, ".qoi"sv, ".svgz"sv, ".dng"sv,
                                        ".cr2"sv, ".cr3"sv, ".nef"sv, ".arw"sv, ".orf"sv, ".rw2"sv, ".raf"sv,  ".raw"sv,
                                        ".mp4"sv, ".mov"sv, ".avi"sv, ".mkv"sv, ".webm"sv};

bool is_webp(std::string_view bytes) { return bytes.starts_with("RIFF") && bytes.substr(8).starts_with("WEBP"); }

bool is_tiff(std::string_view bytes) {
  return bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv) || bytes.starts_with("II+\0"sv) ||
         bytes.starts_with("MM\0+"sv);
}

bool is_svg(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || bytes[first] != '<') return false;
  const std::string_view head = bytes.substr(first, kSvgHeadBytes);
  const std::size_t svg = std::min(head.find("<svg"), head.find(":svg"));
  return svg != std::string_view::npos && svg < std::min(head.find("<html"), head.find("<HTML"));
}

/// "avif", "heic" or nothing, by the brands in the box at the front of a HEIF file (ISO/IEC 23008-12). Films have the
/// same box with other brands.
std::string_view heif_ending(std::string_view bytes) {
  if (bytes.size() < 16 || bytes.substr(4, 4) != "ftyp") return "";
  std::size_t size = 0;
  for (const char c : bytes.substr(0, 4)) size = size << 8 | static_cast<unsigned char>(c);
  const std::string_view box = bytes.substr(0, std::min(size, kMostBrandBytes));
  bool heif = false;
  for (std::size_t at = 8; at + 4 <= box.size(); at += at == 8 ? 8 : 4) {  // A version stands after the first brand.
    const std::string_view brand = box.substr(at, 4);
    if (brand == "avif" || brand == "avis") return "avif";
    heif = heif || brand == "heic" || brand == "heix" || brand == "heim" || brand == "heis" || brand == "hevc" ||
           brand == "hevx" || brand == "mif1" || brand == "msf1";
  }
  return heif ? "heic" : "";
}

struct KnownMagic {
  std::size_t offset;
  std::string_view magic;
  std::string_view what;
};

// What a user may well pass in; the names are clearer than the first bytes.
constexpr std::array kOthers = {
    KnownMagic{0, "\xFF\x0A"sv, "a JPEG XL picture"},
    KnownMagic{0, "\0\0\0\x0CJXL "sv, "a JPEG XL picture"},
    KnownMagic{0, "\0\0\0\x0CjP  "sv, "a JPEG 2000 picture"},
    KnownMagic{0, "8BPS"sv, "a Photoshop document"},
    KnownMagic{0, "\0\0\1\0"sv, "an icon"},
    KnownMagic{4, "ftyp"sv, "a film or sound (MP4)"},
    KnownMagic{0, "\x1A\x45\xDF\xA3"sv, "a film (Matroska)"},
    KnownMagic{0, "%PDF"sv, "a PDF document"},
    KnownMagic{0, "\x1F\x8B"sv, "gzip-compressed data"},
    KnownMagic{0, "PK\x03\x04"sv, "a ZIP archive"},
};

template <typename Endings>
bool is_among(const std::filesystem::path& name, const Endings& endings) {
  std::string ending = name.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

}  // namespace

std::string_view picture_ending(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "jpg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return "png";
  if (bytes.size() >= 12 && is_webp(bytes)) return "webp";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "gif";
  if (bytes.starts_with("BM")) return "bmp";
  if (is_tiff(bytes)) return "tif";
  if (const std::string_view heif = heif_ending(bytes); !heif.empty()) return heif;
  return is_svg(bytes) ? "svg" : "";
}

std::string describe_bytes(std::string_view bytes) {
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

bool has_picture_ending(const std::filesystem::path& name) { return is_among(name, kReadEndings); }

bool has_foreign_picture_ending(const std::filesystem::path& name) { return is_among(name, kForeignEndings); }

}  // namespace tandem

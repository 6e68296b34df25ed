// The formats of pictures: recognised by a file's first bytes, or guessed from the ending of its name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace tandem {

/// What tandem reads, for the "expected" half of a FileError.
inline constexpr std::string_view kReadPictures = "a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF or SVG)";

/// The format of the first bytes: "jpg", "png", "webp", "gif", "bmp", "tif", "heic", "avif" or "svg"; empty if it is
/// none of them. "heic" is any HEIF picture that does not say it is AVIF.
std::string_view picture_ending(std::string_view bytes);

/// What the bytes are, for the "found" half of a FileError: "a PDF document", "an empty file", "bytes that begin ...".
std::string describe_bytes(std::string_view bytes);

/// Whether a file of that name is taken for a picture that tandem reads: .jpg, .jpeg, .jpe, .jfif, .png, .webp, .gif,
/// .bmp, .dib, .tif, .tiff, .heic, .heif, .hif, .avif or .svg, in upper or lower case.
bool has_picture_ending(const std::filesystem::path& name);

/// Whether the name is that of a picture or film in a format that tandem does not read (.jxl, .psd, .nef, .mp4), in
/// upper or lower case.
bool has_foreign_picture_ending(const std::filesystem::path& name);

}  // namespace tandem

#include "tandem/images/picture_source.h"

#include <cstdint>
#include <fstream>
#include <string_view>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {
namespace {

constexpr std::int64_t kSide = 32;
constexpr std::int64_t kPlane = kSide * kSide;

RgbImage from_planes(std::string_view bytes, const std::string& name) {
  if (static_cast<std::int64_t>(bytes.size()) != 3 * kPlane) {
    throw FileError(name, "3072 bytes of a 32 x 32 picture", std::to_string(bytes.size()));
  }
  RgbImage image{.height = kSide, .width = kSide, .pixels = std::vector<std::uint8_t>(3 * kPlane)};
  for (std::int64_t i = 0; i < kPlane; ++i) {
    for (std::int64_t c = 0; c < 3; ++c) image.pixels[3 * i + c] = static_cast<std::uint8_t>(bytes[c * kPlane + i]);
  }
  return image;
}

}  // namespace

std::string source_name(const PictureSource& source) {
  if (source.is_whole_file()) return source.file.string();
  const std::string part = source.bytes == PictureSource::kToTheEnd ? "" : "+" + std::to_string(source.bytes);
  return source.file.string() + "@" + std::to_string(source.offset) + part;
}

std::string_view coding_name(PictureCoding coding) {
  return coding == PictureCoding::kPlanes32 ? "planes32" : "content";
}

std::string read_source_bytes(const PictureSource& source, std::int64_t limit_bytes) {
  if (source.is_whole_file()) return read_file(source.file, static_cast<std::size_t>(limit_bytes));
  std::error_code error;
  const auto size = std::filesystem::file_size(source.file, error);
  if (error) throw FileError(source.file, "a file that holds pictures", error.message());
  const auto end = static_cast<std::int64_t>(size);
  const std::int64_t bytes = source.bytes == PictureSource::kToTheEnd ? end - source.offset : source.bytes;
  if (source.offset < 0 || bytes < 0 || source.offset > end || bytes > end - source.offset) {
    throw FileError(source_name(source), "a stretch inside the file", "a file of " + std::to_string(end) + " bytes");
  }
  if (bytes > limit_bytes) {
    throw FileError(source_name(source), "a picture of at most " + std::to_string(limit_bytes) + " bytes",
                    std::to_string(bytes));
  }
  std::string text(static_cast<std::size_t>(bytes), '\0');
  std::ifstream stream(source.file, std::ios::binary);
  stream.seekg(source.offset);
  stream.read(text.data(), bytes);
  if (!stream)
    throw FileError(source_name(source), "a stretch that can be read",
                    stream.bad() ? "an input error" : "the end of the file");
  return text;
}

RgbImage decode_picture(const PictureSource& source, std::string_view bytes, const ImageLimits& limits) {
  if (source.coding == PictureCoding::kPlanes32) return from_planes(bytes, source_name(source));
  return decode_image(bytes, source_name(source), limits);
}

RgbImage read_picture(const PictureSource& source, const ImageLimits& limits) {
  return decode_picture(source, read_source_bytes(source, limits.max_file_bytes), limits);
}

}  // namespace tandem

#include "tandem/images/webp_codec.h"

#include <webp/decode.h>

#include <string>

#include "tandem/base/errors.h"
#include "tandem/images/exif_orientation.h"

namespace tandem {
namespace {

constexpr std::size_t kRiffHeaderBytes = 12;  // "RIFF", size, "WEBP"
constexpr std::size_t kChunkHeaderBytes = 8;  // name, size
constexpr std::string_view kExifPrefix("Exif\0\0", 6);

std::size_t little_endian(std::string_view bytes, std::size_t offset) {
  std::size_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
  return value;
}

std::string reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      return "one that needs more memory than there is";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "one with an unsupported feature";
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "data that ends too early";
    default:
      return "damaged data";
  }
}

/// The chunk of that name after the RIFF header, or nothing. The lengths that are used were checked
/// against the file's.
std::string_view find_chunk(std::string_view bytes, std::string_view name) {
  std::size_t offset = kRiffHeaderBytes;
  while (offset + kChunkHeaderBytes <= bytes.size()) {
    const std::size_t size = little_endian(bytes, offset + 4);
    const std::size_t begin = offset + kChunkHeaderBytes;
    if (size > bytes.size() - begin) return {};
    if (bytes.substr(offset, 4) == name) return bytes.substr(begin, size);
    offset = begin + size + size % 2;
  }
  return {};
}

int orientation_of(std::string_view bytes) {
  std::string_view exif = find_chunk(bytes, "EXIF");
  if (exif.starts_with(kExifPrefix)) exif.remove_prefix(kExifPrefix.size());
  return exif_orientation(exif);
}

}  // namespace

RgbImage decode_webp(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels) {
  const std::string expected = "an undamaged WebP";
  if (bytes.size() < kRiffHeaderBytes + kChunkHeaderBytes || little_endian(bytes, 4) > bytes.size() - 8) {
    throw FileError(name, expected, reason(VP8_STATUS_NOT_ENOUGH_DATA));
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures features;
  VP8StatusCode status = WebPGetFeatures(data, bytes.size(), &features);
  if (status != VP8_STATUS_OK) throw FileError(name, expected, reason(status));
  if (features.has_animation != 0) throw FileError(name, "a still WebP", "an animated one");

  RgbImage image = claimed_image(features.height, features.width, max_pixels, name);
  std::vector<std::uint8_t> rgba(features.has_alpha != 0 ? image.height * image.width * 4 : 0);
  std::vector<std::uint8_t>& target = rgba.empty() ? image.pixels : rgba;
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) throw FileError(name, "libwebp as it was built with", "another version");
  config.output.colorspace = rgba.empty() ? MODE_RGB : MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {
      .rgba = target.data(), .stride = static_cast<int>(image.width * (rgba.empty() ? 3 : 4)), .size = target.size()};
  status = WebPDecode(data, bytes.size(), &config);
  if (status != VP8_STATUS_OK) throw FileError(name, expected, reason(status));
  if (!rgba.empty()) composite_over_white(rgba, image);
  return upright(std::move(image), orientation_of(bytes));
}

}  // namespace tandem

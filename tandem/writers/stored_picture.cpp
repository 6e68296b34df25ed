#include "tandem/writers/stored_picture.h"

#include <algorithm>
#include <cmath>

#include "tandem/base/errors.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/png_codec.h"
#include "tandem/images/resample.h"

namespace tandem {
namespace {

constexpr int kQuality = 95;

}  // namespace

StoredPicture stored_picture(const PictureSource& source, std::int64_t shorter_side) {
  std::string bytes = read_source_bytes(source);
  const std::string ending(source.coding == PictureCoding::kByContent ? picture_ending(bytes) : "");
  const bool is_file = !ending.empty() && ending != "svg";
  if (is_file && shorter_side == 0) return {.bytes = std::move(bytes), .ending = ending};
  const RgbImage image = decode_picture(source, bytes);
  const std::int64_t shorter = std::min(image.height, image.width);
  if (shorter_side == 0 || shorter <= shorter_side) {
    if (is_file) return {.bytes = std::move(bytes), .ending = ending};
    return {.bytes = encode_png(image), .ending = "png"};
  }
  const auto scaled = [&](std::int64_t side) {
    return std::max<std::int64_t>(
        1, std::llround(static_cast<double>(side) * static_cast<double>(shorter_side) / static_cast<double>(shorter)));
  };
  const RgbImage small = resize(image, scaled(image.height), scaled(image.width), Filter::kLanczos);
  const bool is_lossy = ending == "jpg" || ending == "webp" || ending == "heic" || ending == "avif";
  if (is_lossy) return {.bytes = encode_jpeg(small, kQuality), .ending = "jpg"};
  return {.bytes = encode_png(small), .ending = "png"};
}

}  // namespace tandem

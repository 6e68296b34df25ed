#include "tandem/writers/stored_picture.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/longer_side.h"
#include "tandem/images/png_codec.h"

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
  const RgbImage small = with_shorter_side(image, shorter_side);
  const bool is_lossy = ending == "jpg" || ending == "webp" || ending == "heic" || ending == "avif";
  if (is_lossy) return {.bytes = encode_jpeg(small, kQuality), .ending = "jpg"};
  return {.bytes = encode_png(small), .ending = "png"};
}

}  // namespace tandem

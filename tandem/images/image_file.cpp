#include "tandem/images/image_file.h"

#include <string_view>

#include "tandem/base/errors.h"
#include "tandem/images/bmp_codec.h"
#include "tandem/images/gif_codec.h"
#include "tandem/images/heif_codec.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/images/png_codec.h"
#include "tandem/images/svg_drawing.h"
#include "tandem/images/tiff_codec.h"
#include "tandem/images/webp_codec.h"
#include "tandem/storage/mapped_file.h"

namespace tandem {

RgbImage decode_image(std::string_view bytes, const std::filesystem::path& name, const ImageLimits& limits) {
  const std::string_view kind = picture_ending(bytes);
  if (kind == "jpg") return decode_jpeg(bytes, name, limits.max_pixels);
  if (kind == "png") return decode_png(bytes, name, limits.max_pixels);
  if (kind == "webp") return decode_webp(bytes, name, limits.max_pixels);
  if (kind == "gif") return decode_gif(bytes, name, limits.max_pixels);
  if (kind == "bmp") return decode_bmp(bytes, name, limits.max_pixels);
  if (kind == "tif") return decode_tiff(bytes, name, limits.max_pixels);
  if (kind == "heic" || kind == "avif") return decode_heif(bytes, name, limits.max_pixels);
  if (kind == "svg") return draw_svg(bytes, name, limits.svg_side, {.max_pixels = limits.max_pixels});
  throw FileError(name, kReadPictures, describe_bytes(bytes));
}

RgbImage read_image(const std::filesystem::path& path, const ImageLimits& limits) {
  return decode_image(read_file(path, static_cast<std::size_t>(limits.max_file_bytes)), path, limits);
}

}  // namespace tandem

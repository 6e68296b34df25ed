#include "tandem/images/png_codec.h"

#include <c10/util/Exception.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string>

#include "tandem/base/errors.h"
#include "tandem/images/exif_orientation.h"

namespace tandem {
namespace {

constexpr png_alloc_size_t kLargestChunkBytes = png_alloc_size_t{64} << 20;

/// A decoder and the picture it fills. Everything with a destructor lives here, outside the
/// functions longjmp leaves: libpng is C and cannot be left by an exception.
struct PngDecoding {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string_view rest;  ///< bytes not read yet
  char message[256] = {};
  RgbImage image;
  std::vector<std::uint8_t> rgba;  ///< used where the picture has transparency
  std::vector<png_bytep> rows;

  PngDecoding();
  ~PngDecoding() { png_destroy_read_struct(&png, &info, nullptr); }
  PngDecoding(const PngDecoding&) = delete;
  PngDecoding& operator=(const PngDecoding&) = delete;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* decoding = static_cast<PngDecoding*>(png_get_error_ptr(png));
  std::strncpy(decoding->message, message, sizeof decoding->message - 1);
  png_longjmp(png, 1);
}

// Warnings are about metadata (an unusual colour profile, a date out of range); problems with
// pixels are errors.
void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto* decoding = static_cast<PngDecoding*>(png_get_io_ptr(png));
  if (decoding->rest.size() < count) png_error(png, "the file ends too early");
  std::memcpy(out, decoding->rest.data(), count);
  decoding->rest.remove_prefix(count);
}

PngDecoding::PngDecoding() {
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
  if (png == nullptr) throw std::bad_alloc();
  info = png_create_info_struct(png);
  if (info == nullptr) throw std::bad_alloc();
}

/// False, with `message` filled, if libpng complained.
bool read_header(PngDecoding& decoding) {
  if (setjmp(png_jmpbuf(decoding.png)) != 0) return false;
  png_set_read_fn(decoding.png, &decoding, read_bytes);
  png_set_crc_action(decoding.png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_user_limits(decoding.png, PNG_UINT_31_MAX,
                      PNG_UINT_31_MAX);  // claimed_image() has the better message.
  png_set_chunk_malloc_max(decoding.png, kLargestChunkBytes);
  png_read_info(decoding.png, decoding.info);
  return true;
}

bool has_alpha(const PngDecoding& decoding) {
  return (png_get_color_type(decoding.png, decoding.info) & PNG_COLOR_MASK_ALPHA) != 0 ||
         png_get_valid(decoding.png, decoding.info, PNG_INFO_tRNS) != 0;
}

bool read_pixels(PngDecoding& decoding) {
  if (setjmp(png_jmpbuf(decoding.png)) != 0) return false;
  png_set_expand(decoding.png);  // Palettes to colours, grey of few bits to 8, key colours to alpha.
  png_set_scale_16(decoding.png);
  png_set_gray_to_rgb(decoding.png);
  png_set_interlace_handling(decoding.png);
  png_read_update_info(decoding.png, decoding.info);
  const std::size_t channels = decoding.rgba.empty() ? 3 : 4;
  if (png_get_rowbytes(decoding.png, decoding.info) != channels * decoding.image.width) {
    png_error(decoding.png, "rows of an unexpected length");
  }
  png_read_image(decoding.png, decoding.rows.data());
  png_read_end(decoding.png, decoding.info);
  return true;
}

int orientation_of(const PngDecoding& decoding) {
  png_bytep exif = nullptr;
  png_uint_32 size = 0;
  if (png_get_eXIf_1(decoding.png, decoding.info, &size, &exif) == 0 || exif == nullptr) return 1;
  return exif_orientation({reinterpret_cast<const char*>(exif), size});
}

}  // namespace

RgbImage decode_png(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels) {
  PngDecoding decoding;
  decoding.rest = bytes;
  if (!read_header(decoding)) throw FileError(name, "an undamaged PNG", decoding.message);
  decoding.image = claimed_image(png_get_image_height(decoding.png, decoding.info),
                                 png_get_image_width(decoding.png, decoding.info), max_pixels, name);
  const std::int64_t height = decoding.image.height;
  const std::int64_t width = decoding.image.width;
  const bool alpha = has_alpha(decoding);
  if (alpha) decoding.rgba.resize(4 * height * width);
  std::uint8_t* first = alpha ? decoding.rgba.data() : decoding.image.pixels.data();
  for (std::int64_t y = 0; y < height; ++y) decoding.rows.push_back(first + y * width * (alpha ? 4 : 3));
  if (!read_pixels(decoding)) throw FileError(name, "an undamaged PNG", decoding.message);
  if (alpha) composite_over_white(decoding.rgba, decoding.image);
  return upright(std::move(decoding.image), orientation_of(decoding));
}

std::string encode_png(const RgbImage& image) {
  TORCH_CHECK_VALUE(image.height > 0 && image.width > 0 &&
                        static_cast<std::int64_t>(image.pixels.size()) == 3 * image.height * image.width,
                    "encode_png: a picture of ", image.height, " x ", image.width, " needs three bytes a pixel, got ",
                    image.pixels.size());
  png_image header = {};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGB;
  std::string bytes;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  bytes.resize(size);
  const int written = png_image_write_to_memory(&header, bytes.data(), &size, 0, image.pixels.data(), 0, nullptr);
  TORCH_CHECK(written != 0, "encode_png: ", header.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace tandem

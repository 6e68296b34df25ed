#include "tandem/images/jpeg_codec.h"

#include <c10/util/Exception.h>

#include <csetjmp>
#include <cstdio>
#include <cstdlib>

// After <cstdio>: libjpeg's header uses FILE without declaring it.
#include <jpeglib.h>

#include <jerror.h>

#include "tandem/base/errors.h"
#include "tandem/images/exif_orientation.h"
#include "tandem/images/ink_colours.h"

namespace tandem {
namespace {

// As in DALI: a picture with thousands of scans is an attack, not a photograph.
constexpr int kMostScans = 500;
constexpr std::string_view kExifPrefix("Exif\0\0", 6);

/// libjpeg's error manager with a way out. libjpeg is C, so it is left by longjmp and not by an
/// exception.
struct Errors {
  jpeg_error_mgr manager;
  std::jmp_buf leave;
  char message[JMSG_LENGTH_MAX] = {};
};

[[noreturn]] void leave_with_message(j_common_ptr info) {
  auto* errors = reinterpret_cast<Errors*>(info->err);
  info->err->format_message(info, errors->message);
  std::longjmp(errors->leave, 1);
}

void on_message(j_common_ptr info, int level) {
  // Level -1 is a warning: the data is corrupt and decoding continued with a guess. Warnings about
  // an unknown JFIF revision or Adobe transform are not about the data.
  const int code = info->err->msg_code;
  if (level < 0 && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM) leave_with_message(info);
}

void on_progress(j_common_ptr info) {
  const auto* decoder = reinterpret_cast<j_decompress_ptr>(info);
  if (decoder->input_scan_number <= kMostScans) return;
  auto* errors = reinterpret_cast<Errors*>(info->err);
  std::snprintf(errors->message, sizeof errors->message, "more than %d scans", kMostScans);
  std::longjmp(errors->leave, 1);
}

void install(Errors& errors) {
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = leave_with_message;
  errors.manager.emit_message = on_message;
}

/// A decoder and the picture it fills. Everything with a destructor lives here, outside the
/// functions longjmp leaves.
struct JpegDecoding {
  jpeg_decompress_struct info{};
  Errors errors;
  jpeg_progress_mgr progress{};
  std::vector<std::uint8_t> row;
  RgbImage image;

  JpegDecoding() {
    install(errors);
    info.err = &errors.manager;
    progress.progress_monitor = on_progress;
  }
  ~JpegDecoding() { jpeg_destroy_decompress(&info); }
  JpegDecoding(const JpegDecoding&) = delete;
  JpegDecoding& operator=(const JpegDecoding&) = delete;
};

/// False, with errors.message filled, if libjpeg complained.
bool read_header(JpegDecoding& decoding, std::string_view bytes) {
  if (setjmp(decoding.errors.leave) != 0) return false;
  jpeg_create_decompress(&decoding.info);
  decoding.info.progress = &decoding.progress;
  jpeg_mem_src(&decoding.info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_save_markers(&decoding.info, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&decoding.info, TRUE);
  const bool inks = decoding.info.jpeg_color_space == JCS_CMYK || decoding.info.jpeg_color_space == JCS_YCCK;
  decoding.info.out_color_space = inks ? JCS_CMYK : JCS_RGB;
  return true;
}

bool read_pixels(JpegDecoding& decoding) {
  if (setjmp(decoding.errors.leave) != 0) return false;
  jpeg_decompress_struct& info = decoding.info;
  jpeg_start_decompress(&info);
  const std::int64_t width = decoding.image.width;
  while (info.output_scanline < info.output_height) {
    std::uint8_t* out = decoding.image.pixels.data() + 3 * width * info.output_scanline;
    JSAMPROW row = decoding.row.empty() ? out : decoding.row.data();
    jpeg_read_scanlines(&info, &row, 1);
    if (!decoding.row.empty()) inks_to_rgb(row, info.saw_Adobe_marker != 0, width, out);
  }
  // Reads up to the end marker, so that a file cut by its last two bytes is noticed.
  jpeg_finish_decompress(&info);
  return true;
}

int orientation_of(const jpeg_decompress_struct& info) {
  for (const jpeg_marker_struct* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (data.starts_with(kExifPrefix)) return exif_orientation(data.substr(kExifPrefix.size()));
  }
  return 1;
}

struct Encoding {
  jpeg_compress_struct info{};
  Errors errors;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;

  Encoding() {
    install(errors);
    info.err = &errors.manager;
  }
  ~Encoding() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  Encoding(const Encoding&) = delete;
  Encoding& operator=(const Encoding&) = delete;
};

bool write_all(Encoding& encoding, const RgbImage& image, int quality) {
  if (setjmp(encoding.errors.leave) != 0) return false;
  jpeg_compress_struct& info = encoding.info;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &encoding.bytes, &encoding.size);
  info.image_width = static_cast<JDIMENSION>(image.width);
  info.image_height = static_cast<JDIMENSION>(image.height);
  info.input_components = 3;
  info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.optimize_coding = TRUE;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<JSAMPROW>(image.pixels.data() + 3 * image.width * info.next_scanline);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

}  // namespace

RgbImage decode_jpeg(std::string_view bytes, const std::filesystem::path& name, std::int64_t max_pixels) {
  JpegDecoding decoding;
  if (!read_header(decoding, bytes)) throw FileError(name, "an undamaged JPEG", decoding.errors.message);
  decoding.image = claimed_image(decoding.info.image_height, decoding.info.image_width, max_pixels, name);
  if (decoding.info.out_color_space == JCS_CMYK) decoding.row.resize(4 * decoding.image.width);
  const int orientation = orientation_of(decoding.info);  // Finishing frees the markers.
  if (!read_pixels(decoding)) throw FileError(name, "an undamaged JPEG", decoding.errors.message);
  return upright(std::move(decoding.image), orientation);
}

std::string encode_jpeg(const RgbImage& image, int quality) {
  TORCH_CHECK_VALUE(quality >= 1 && quality <= 100, "encode_jpeg: the quality must be 1 to 100, got ", quality);
  TORCH_CHECK_VALUE(image.height >= 1 && image.width >= 1 && image.height <= JPEG_MAX_DIMENSION &&
                        image.width <= JPEG_MAX_DIMENSION &&
                        static_cast<std::int64_t>(image.pixels.size()) == 3 * image.height * image.width,
                    "encode_jpeg: needed a picture of 1 to ", JPEG_MAX_DIMENSION, " pixels a side, got ", image.width,
                    " x ", image.height, " with ", image.pixels.size(), " bytes");
  Encoding encoding;
  TORCH_CHECK(write_all(encoding, image, quality), "encode_jpeg: ", encoding.errors.message);
  return {reinterpret_cast<const char*>(encoding.bytes), encoding.size};
}

}  // namespace tandem

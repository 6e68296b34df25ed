// A TIFF in memory, opened by libtiff, and what its first directory says.
#pragma once

#include <tiffio.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace tandem {

/// How the samples of a picture lie in the file.
struct TiffLayout {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1;     ///< per sample
  std::uint16_t samples = 1;  ///< per pixel
  std::uint16_t planar = PLANARCONFIG_CONTIG;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t compression = COMPRESSION_NONE;
  std::uint16_t format = SAMPLEFORMAT_UINT;
  int alpha = -1;  ///< the sample that is alpha, or -1
  bool premultiplied = false;
  int orientation = 1;

  bool in_planes() const { return planar == PLANARCONFIG_SEPARATE && samples > 1; }

  /// Samples that are colours: 1 (grey, palette), 3 or 4.
  int colours() const;
};

class TiffFile {
 public:
  /// Opens the first directory. The bytes must outlive the object.
  /// Throws FileError naming `name` if libtiff finds none.
  TiffFile(std::string_view bytes, const std::filesystem::path& name);
  TiffFile(const TiffFile&) = delete;
  TiffFile& operator=(const TiffFile&) = delete;

  TIFF* handle() const { return tiff_.get(); }

  /// Throws FileError if the directory is one that decode_tiff excludes by its kind or compression.
  TiffLayout layout() const;

  /// From here on, warnings of the decoders for fax and JPEG are errors.
  void begin_pixels() { in_pixels_ = true; }

  /// Throws FileError if `done` is false or libtiff complained.
  void check(bool done) const;

 private:
  struct Close {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
  };

  static int on_message(TIFF* tiff, void* file, const char* module, const char* format, va_list arguments);
  static int on_warning(TIFF* tiff, void* file, const char* module, const char* format, va_list arguments);
  static tmsize_t read(thandle_t file, void* out, tmsize_t count);
  static toff_t seek(thandle_t file, toff_t offset, int whence);
  static int map(thandle_t file, void** base, toff_t* size);

  std::string_view bytes_;
  std::filesystem::path name_;
  std::size_t place_ = 0;
  std::string complaint_;  ///< the first one
  bool in_pixels_ = false;
  std::unique_ptr<TIFF, Close> tiff_;  ///< last: closing may still read
};

}  // namespace tandem

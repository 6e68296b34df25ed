#include "tandem/images/tiff_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "tandem/base/errors.h"
#include "tandem/images/exif_orientation.h"
#include "tandem/images/ink_colours.h"
#include "tandem/images/tiff_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::uint64_t kLargestTileBytes = std::uint64_t{256} << 20;

/// The pixels of one file, samples kept in 8 bits.
class TiffDecoding {
 public:
  TiffDecoding(std::string_view bytes, const Path& name) : file_(bytes, name), name_(name), layout_(file_.layout()) {}

  RgbImage run(std::int64_t max_pixels) {
    const bool as_rgba = needs_rgba();
    if (!as_rgba) check_samples();
    image_ = claimed_image(layout_.height, layout_.width, max_pixels, name_);
    file_.begin_pixels();
    if (as_rgba) {
      read_rgba();
    } else {
      read_samples();
      file_.check(true);
      colour();
    }
    file_.check(true);
    return upright(std::move(image_), layout_.orientation);
  }

 private:
  TIFF* tiff() const { return file_.handle(); }

  [[noreturn]] void unsupported(const std::string& expected, const std::string& found) const {
    throw FileError(name_, expected, found);
  }

  /// Whether libtiff's own conversion is used, which knows 8 bits only: YCbCr that is no JPEG, and CIELab. libjpeg
  /// turns YCbCr into RGB itself.
  bool needs_rgba() {
    if (layout_.photometric == PHOTOMETRIC_CIELAB) return true;
    if (layout_.photometric != PHOTOMETRIC_YCBCR) return false;
    if (layout_.compression != COMPRESSION_JPEG || layout_.in_planes()) return true;
    TIFFSetField(tiff(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    return false;
  }

  void check_samples() const {
    constexpr std::array kPhotometrics = {PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_RGB,
                                          PHOTOMETRIC_PALETTE,    PHOTOMETRIC_SEPARATED,  PHOTOMETRIC_YCBCR};
    if (std::find(kPhotometrics.begin(), kPhotometrics.end(), layout_.photometric) == kPhotometrics.end())
      unsupported("a TIFF in grey, RGB, CMYK, YCbCr, CIELab or with a palette",
                  "photometric interpretation " + std::to_string(layout_.photometric));
    if (layout_.format != SAMPLEFORMAT_UINT && layout_.format != SAMPLEFORMAT_VOID)
      unsupported("a TIFF whose samples are unsigned integers",
                  layout_.format == SAMPLEFORMAT_IEEEFP ? "floating-point numbers" : "another kind of numbers");
    const int bits = layout_.bits;
    const int most = layout_.photometric == PHOTOMETRIC_PALETTE ? 8 : 16;
    if ((bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) || bits > most)
      unsupported(most == 8 ? "a TIFF palette of 1, 2, 4 or 8 bits" : "TIFF samples of 1, 2, 4, 8 or 16 bits",
                  std::to_string(bits) + " bits");
    std::uint16_t inks = INKSET_CMYK;
    if (layout_.photometric == PHOTOMETRIC_SEPARATED) TIFFGetFieldDefaulted(tiff(), TIFFTAG_INKSET, &inks);
    if (inks != INKSET_CMYK || layout_.samples < layout_.colours())
      unsupported(
          "a TIFF with " + std::to_string(layout_.colours()) + " colours",
          inks != INKSET_CMYK ? "inks other than CMYK" : std::to_string(layout_.samples) + " samples per pixel");
  }

  /// One sample of a row in 8 bits; of a palette, its number as it is.
  std::uint8_t sample(const std::uint8_t* row, std::int64_t i) const {
    if (layout_.bits == 8) return row[i];
    if (layout_.bits == 16) {
      std::uint16_t value = 0;
      std::memcpy(&value, row + 2 * i, 2);
      return static_cast<std::uint8_t>((value * 255U + 32767U) / 65535U);
    }
    const int bits = layout_.bits, most = (1 << bits) - 1;
    const int value = row[i * bits / 8] >> (8 - bits - static_cast<int>(i * bits % 8)) & most;
    return static_cast<std::uint8_t>(layout_.photometric == PHOTOMETRIC_PALETTE ? value : value * 255 / most);
  }

  /// Where the samples of the picture are kept, [height, width, kept_]: colours, then alpha.
  std::vector<std::uint8_t>& samples() { return kept_ == 3 ? image_.pixels : samples_; }

  /// The kept samples of `width` pixels that lie in `row`, at (y, x) of the picture. In planes, `row` has those of
  /// `plane` alone.
  void keep(const std::uint8_t* row, int plane, std::int64_t y, std::int64_t x, std::int64_t width) {
    const int step = layout_.in_planes() ? 1 : layout_.samples;
    for (int k = 0; k < kept_; ++k) {
      const int source = k < layout_.colours() ? k : layout_.alpha;
      if (layout_.in_planes() && source != plane) continue;
      std::uint8_t* out = &samples()[(y * image_.width + x) * kept_ + k];
      const int first = layout_.in_planes() ? 0 : source;
      for (std::int64_t i = 0; i < width; ++i) out[i * kept_] = sample(row, i * step + first);
    }
  }

  std::uint64_t bytes_of_row(std::int64_t width) const {
    const int step = layout_.in_planes() ? 1 : layout_.samples;
    return (static_cast<std::uint64_t>(width) * step * layout_.bits + 7) / 8;
  }

  void read_samples() {
    if (layout_.alpha >= layout_.samples) layout_.alpha = -1;
    kept_ = layout_.colours() + (layout_.alpha < 0 ? 0 : 1);
    if (kept_ != 3) samples_.resize(image_.height * image_.width * kept_);
    const int planes = layout_.in_planes() ? layout_.samples : 1;
    for (int plane = 0; plane < planes; ++plane) {
      if (layout_.in_planes() && plane >= layout_.colours() && plane != layout_.alpha) continue;
      if (TIFFIsTiled(tiff()) != 0) {
        read_tiles(plane);
      } else {
        read_rows(plane);
      }
    }
  }

  void read_rows(int plane) {
    const std::uint64_t bytes = TIFFScanlineSize64(tiff());
    if (bytes < bytes_of_row(image_.width) || bytes > kLargestTileBytes) file_.check(false);
    std::vector<std::uint8_t> row(bytes);
    for (std::int64_t y = 0; y < image_.height; ++y) {
      file_.check(
          TIFFReadScanline(tiff(), row.data(), static_cast<std::uint32_t>(y), static_cast<std::uint16_t>(plane)) == 1);
      keep(row.data(), plane, y, 0, image_.width);
    }
  }

  void read_tiles(int plane) {
    std::uint32_t width = 0, height = 0;
    TIFFGetField(tiff(), TIFFTAG_TILEWIDTH, &width);
    TIFFGetField(tiff(), TIFFTAG_TILELENGTH, &height);
    const std::uint64_t bytes = TIFFTileSize64(tiff()), row_bytes = TIFFTileRowSize64(tiff());
    if (bytes > kLargestTileBytes)
      unsupported("a TIFF with tiles of at most " + std::to_string(kLargestTileBytes >> 20) + " MiB",
                  "tiles of " + std::to_string(width) + " x " + std::to_string(height));
    if (width == 0 || height == 0 || row_bytes < bytes_of_row(width) || bytes / row_bytes < height) file_.check(false);
    std::vector<std::uint8_t> tile(bytes);
    for (std::int64_t top = 0; top < image_.height; top += height) {
      for (std::int64_t left = 0; left < image_.width; left += width) {
        file_.check(TIFFReadTile(tiff(), tile.data(), static_cast<std::uint32_t>(left), static_cast<std::uint32_t>(top),
                                 0, static_cast<std::uint16_t>(plane)) >= 0);
        const std::int64_t rows = std::min<std::int64_t>(height, image_.height - top);
        const std::int64_t columns = std::min<std::int64_t>(width, image_.width - left);
        for (std::int64_t y = 0; y < rows; ++y) keep(tile.data() + y * row_bytes, plane, top + y, left, columns);
      }
    }
  }

  using Palette = std::vector<std::array<std::uint8_t, 3>>;

  /// The palette in 8 bits. Some programs wrote 8 bits into its 16: then no value is above 255.
  Palette palette() const {
    std::uint16_t *red = nullptr, *green = nullptr, *blue = nullptr;
    if (TIFFGetField(tiff(), TIFFTAG_COLORMAP, &red, &green, &blue) != 1) unsupported("a TIFF with a palette", "none");
    const std::size_t count = std::size_t{1} << layout_.bits;
    bool small = true;
    for (const std::uint16_t* values : {red, green, blue})
      small = small && std::all_of(values, values + count, [](std::uint16_t value) { return value < 256; });
    const auto scaled = [&](std::uint32_t value) {
      return static_cast<std::uint8_t>(small ? value : (value * 255 + 32767) / 65535);
    };
    Palette palette;
    for (std::size_t i = 0; i < count; ++i) palette.push_back({scaled(red[i]), scaled(green[i]), scaled(blue[i])});
    return palette;
  }

  /// From the kept samples to the picture over white.
  void colour() {
    const Palette colours = layout_.photometric == PHOTOMETRIC_PALETTE ? palette() : Palette();
    const std::int64_t count = image_.height * image_.width;
    if (layout_.colours() == 3 && layout_.alpha < 0) return;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::uint8_t* from = &samples()[i * kept_];
      std::uint8_t rgb[3];
      if (layout_.photometric == PHOTOMETRIC_PALETTE) {
        std::copy(colours[*from].begin(), colours[*from].end(), rgb);
      } else if (layout_.photometric == PHOTOMETRIC_SEPARATED) {
        inks_to_rgb(from, false, 1, rgb);
      } else if (layout_.colours() == 3) {
        std::copy_n(from, 3, rgb);
      } else {
        const bool inverted = layout_.photometric == PHOTOMETRIC_MINISWHITE;
        std::fill_n(rgb, 3, static_cast<std::uint8_t>(inverted ? 255 - *from : *from));
      }
      const std::uint8_t alpha = layout_.alpha < 0 ? 255 : from[kept_ - 1];
      for (int c = 0; c < 3; ++c) {
        image_.pixels[3 * i + c] = layout_.premultiplied
                                       ? static_cast<std::uint8_t>(std::min(rgb[c] + 255 - alpha, 255))
                                       : over_white(rgb[c], alpha);
      }
    }
  }

  void read_rgba() {
    char message[1024] = "";
    TIFFRGBAImage conversion;
    if (TIFFRGBAImageOK(tiff(), message) == 0 || TIFFRGBAImageBegin(&conversion, tiff(), 1, message) == 0)
      unsupported("TIFF colours that libtiff converts to RGB", message);
    conversion.req_orientation = conversion.orientation;
    std::vector<std::uint32_t> raster(image_.height * image_.width);
    const int done = TIFFRGBAImageGet(&conversion, raster.data(), layout_.width, layout_.height);
    TIFFRGBAImageEnd(&conversion);
    file_.check(done == 1);
    for (std::size_t i = 0; i < raster.size(); ++i) {
      const std::uint32_t alpha = TIFFGetA(raster[i]);  // The colours are premultiplied.
      const std::uint32_t rgb[] = {TIFFGetR(raster[i]), TIFFGetG(raster[i]), TIFFGetB(raster[i])};
      for (int c = 0; c < 3; ++c)
        image_.pixels[3 * i + c] = static_cast<std::uint8_t>(std::min(rgb[c] + 255 - alpha, 255U));
    }
  }

  TiffFile file_;
  const Path& name_;
  TiffLayout layout_;
  RgbImage image_;
  std::vector<std::uint8_t> samples_;
  int kept_ = 0;  ///< samples per pixel that are kept
};

}  // namespace

RgbImage decode_tiff(std::string_view bytes, const Path& name, std::int64_t max_pixels) {
  return TiffDecoding(bytes, name).run(max_pixels);
}

}  // namespace tandem

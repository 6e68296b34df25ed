#include "tandem/images/bmp_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <vector>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kFileHeaderBytes = 14;
constexpr std::uint32_t kCoreHeader = 12;   // Windows 2, OS/2 1
constexpr std::uint32_t kShortHeader = 16;  // OS/2 2, cut
constexpr std::uint32_t kOs2Header = 64;
constexpr std::size_t kMasksAt = 54;  // after the header of 40 bytes, or in a longer one

enum Compression : std::uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kMasks = 3, kJpeg = 4, kPng = 5, kAlphaMasks = 6 };

constexpr std::string_view kUndamaged = "an undamaged BMP";
constexpr std::string_view kEndsEarly = "data that ends too early";

/// One colour's bits in a pixel.
struct Mask {
  std::uint32_t bits = 0;
  int shift = 0;
  std::uint64_t most = 0;

  std::uint8_t value_in(std::uint32_t pixel) const {
    if (most == 0) return 0;
    return static_cast<std::uint8_t>((std::uint64_t{(pixel & bits) >> shift} * 255 + most / 2) / most);
  }
};

struct Layout {
  std::int64_t width = 0, height = 0;
  bool from_top = false;
  int bits = 0;  ///< per pixel
  std::uint32_t compression = kPlain;
  std::size_t pixels_at = 0;
  std::vector<std::array<std::uint8_t, 3>> palette;  ///< [colours, RGB]
  std::array<Mask, 4> masks;                         ///< red, green, blue, alpha
};

class BmpDecoding {
 public:
  BmpDecoding(std::string_view bytes, const Path& name) : bytes_(bytes), name_(name) {}

  RgbImage run(std::int64_t max_pixels) {
    read_header();
    image_ = claimed_image(layout_.height, layout_.width, max_pixels, name_);
    if (layout_.compression == kRle4 || layout_.compression == kRle8) {
      fill_from_runs();
    } else {
      fill_from_rows();
    }
    return std::move(image_);
  }

 private:
  [[noreturn]] void refuse(std::string_view found) const { throw FileError(name_, kUndamaged, found); }
  [[noreturn]] void unsupported(std::string_view found) const {
    throw FileError(name_, "a BMP that is not compressed, or by RLE", found);
  }

  std::uint32_t integer(std::size_t offset, int size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < static_cast<std::size_t>(size)) refuse(kEndsEarly);
    std::uint32_t value = 0;
    for (int i = size - 1; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes_[offset + i]);
    return value;
  }

  std::uint8_t byte(std::size_t offset) const {
    if (offset >= bytes_.size()) refuse(kEndsEarly);
    return static_cast<std::uint8_t>(bytes_[offset]);
  }

  void read_header() {
    layout_.pixels_at = integer(10, 4);
    const std::uint32_t header = integer(14, 4);
    if (header == kCoreHeader) {
      layout_.width = integer(18, 2);
      layout_.height = integer(20, 2);
      layout_.bits = static_cast<int>(integer(24, 2));
    } else if (header == kShortHeader || header == 40 || header == 52 || header == 56 || header == kOs2Header ||
               header == 108 || header == 124) {
      layout_.width = static_cast<std::int32_t>(integer(18, 4));
      layout_.height = static_cast<std::int32_t>(integer(22, 4));
      layout_.bits = static_cast<int>(integer(28, 2));
      if (header != kShortHeader) layout_.compression = integer(30, 4);
    } else {
      refuse("a header of " + std::to_string(header) + " bytes");
    }
    layout_.from_top = layout_.height < 0;
    if (layout_.from_top) layout_.height = -layout_.height;
    if (layout_.pixels_at < kFileHeaderBytes + header) refuse("pixels that begin inside the header");
    check_compression(header);
    if (layout_.bits <= 8) {
      read_palette(header);
    } else {
      read_masks(header);
    }
  }

  void check_compression(std::uint32_t header) const {
    const std::uint32_t compression = layout_.compression;
    const int bits = layout_.bits;
    if (compression == kJpeg && header != kOs2Header) unsupported("a JPEG inside it");
    if (compression == kPng) unsupported("a PNG inside it");
    if (header == kOs2Header && compression > kRle4) unsupported("a compression of OS/2");
    constexpr std::array kDepths = {1, 2, 4, 8, 16, 24, 32};
    if (std::find(kDepths.begin(), kDepths.end(), bits) == kDepths.end())
      refuse(std::to_string(bits) + " bits per pixel");
    const bool fits = compression == kPlain || (compression == kRle8 && bits == 8) ||
                      (compression == kRle4 && bits == 4) ||
                      ((compression == kMasks || compression == kAlphaMasks) && (bits == 16 || bits == 32));
    if (!fits) refuse("compression " + std::to_string(compression) + " of " + std::to_string(bits) + " bits per pixel");
  }

  void read_palette(std::uint32_t header) {
    const std::size_t entry = header == kCoreHeader ? 3 : 4, begin = kFileHeaderBytes + header;
    std::size_t count = std::size_t{1} << layout_.bits;
    if (header >= 40) {
      if (const std::uint32_t used = integer(46, 4); used != 0) count = std::min<std::size_t>(count, used);
    }
    count = std::min(count,
                     (layout_.pixels_at - begin) / entry);  // Some headers claim more colours than they leave room for.
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = begin + i * entry;
      layout_.palette.push_back({byte(at + 2), byte(at + 1), byte(at)});
    }
  }

  void read_masks(std::uint32_t header) {
    std::array<std::uint32_t, 4> masks = {0xFF0000, 0xFF00, 0xFF, 0};
    if (layout_.bits == 16) masks = {0x7C00, 0x3E0, 0x1F, 0};
    if (layout_.compression != kPlain) {
      const bool has_alpha = header >= 56 || layout_.compression == kAlphaMasks;
      for (std::size_t i = 0; i < (has_alpha ? 4 : 3); ++i) masks[i] = integer(kMasksAt + 4 * i, 4);
    }
    for (std::size_t i = 0; i < masks.size(); ++i) {
      if (masks[i] == 0) continue;
      const int shift = std::countr_zero(masks[i]);
      const std::uint64_t most = masks[i] >> shift;
      if ((most & (most + 1)) != 0) refuse("a mask with gaps");
      layout_.masks[i] = {.bits = masks[i], .shift = shift, .most = most};
    }
  }

  std::uint8_t* row_of(std::int64_t stored_row) {
    const std::int64_t y = layout_.from_top ? stored_row : layout_.height - 1 - stored_row;
    return image_.pixels.data() + 3 * y * layout_.width;
  }

  void put(std::uint8_t* rgb, std::size_t colour) const {
    if (colour >= layout_.palette.size()) refuse("a colour that is not in the palette");
    std::copy(layout_.palette[colour].begin(), layout_.palette[colour].end(), rgb);
  }

  void fill_from_rows() {
    const std::int64_t row_bytes = (layout_.width * layout_.bits + 7) / 8;
    const std::int64_t stride = (row_bytes + 3) / 4 * 4;
    const auto available = static_cast<std::int64_t>(bytes_.size()) - static_cast<std::int64_t>(layout_.pixels_at);
    // The last row's padding may be absent.
    if (available < row_bytes || (available - row_bytes) / stride < layout_.height - 1) refuse(kEndsEarly);
    if (layout_.masks[3].bits != 0) rgba_.resize(4 * layout_.height * layout_.width);
    for (std::int64_t y = 0; y < layout_.height; ++y) {
      const auto* row = reinterpret_cast<const std::uint8_t*>(bytes_.data() + layout_.pixels_at + y * stride);
      if (layout_.bits <= 8) {
        fill_indexed(row, row_of(y));
      } else if (layout_.bits == 24) {
        fill_24(row, row_of(y));
      } else {
        fill_masked(row, row_of(y));
      }
    }
    bool any_visible = false;
    for (std::size_t i = 3; i < rgba_.size(); i += 4) any_visible = any_visible || rgba_[i] != 0;
    if (any_visible) composite_over_white(rgba_, image_);
  }

  void fill_indexed(const std::uint8_t* row, std::uint8_t* rgb) const {
    const int bits = layout_.bits;
    for (std::int64_t x = 0; x < layout_.width; ++x) {
      const auto at = static_cast<int>(x * bits % 8);
      put(rgb + 3 * x, static_cast<std::size_t>(row[x * bits / 8] >> (8 - bits - at)) & ((1U << bits) - 1));
    }
  }

  void fill_24(const std::uint8_t* row, std::uint8_t* rgb) const {
    for (std::int64_t x = 0; x < layout_.width; ++x) std::reverse_copy(row + 3 * x, row + 3 * x + 3, rgb + 3 * x);
  }

  void fill_masked(const std::uint8_t* row, std::uint8_t* rgb) {
    const int size = layout_.bits / 8;
    for (std::int64_t x = 0; x < layout_.width; ++x) {
      std::uint32_t pixel = 0;
      for (int i = size - 1; i >= 0; --i) pixel = pixel << 8 | row[x * size + i];
      for (int c = 0; c < 3; ++c) rgb[3 * x + c] = layout_.masks[c].value_in(pixel);
      if (rgba_.empty()) continue;
      std::uint8_t* rgba = rgba_.data() + (rgb - image_.pixels.data()) / 3 * 4 + 4 * x;
      std::copy_n(rgb + 3 * x, 3, rgba);
      rgba[3] = layout_.masks[3].value_in(pixel);
    }
  }

  /// Runs of RLE4 and RLE8. What lies beyond a row's end is dropped: odd widths are often written in whole bytes.
  void fill_from_runs() {
    std::vector<std::uint8_t> colours(layout_.height * layout_.width);  // not reached: 0
    std::size_t at = layout_.pixels_at;
    std::int64_t x = 0, y = 0;
    const bool nibbles = layout_.compression == kRle4;
    const auto set = [&](std::uint8_t colour) {
      if (y >= layout_.height) refuse("more rows than the header says");
      if (x < layout_.width) colours[y * layout_.width + x] = colour;
      ++x;
    };
    const auto nibble = [](std::uint8_t pair, int i) {
      return static_cast<std::uint8_t>(i % 2 == 0 ? pair >> 4 : pair & 15);
    };
    while (true) {
      const int count = byte(at), value = byte(at + 1);
      at += 2;
      if (count > 0) {
        const auto both = static_cast<std::uint8_t>(value);
        for (int i = 0; i < count; ++i) set(nibbles ? nibble(both, i) : both);
      } else if (value == 0) {
        x = 0;
        ++y;
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        x += byte(at);
        y += byte(at + 1);
        at += 2;
      } else {
        for (int i = 0; i < value; ++i) set(nibbles ? nibble(byte(at + i / 2), i) : byte(at + i));
        const int used = nibbles ? (value + 1) / 2 : value;
        at += used + used % 2;
      }
    }
    for (std::int64_t row = 0; row < layout_.height; ++row) {
      std::uint8_t* rgb = row_of(row);
      for (std::int64_t i = 0; i < layout_.width; ++i) put(rgb + 3 * i, colours[row * layout_.width + i]);
    }
  }

  std::string_view bytes_;
  const Path& name_;
  Layout layout_;
  RgbImage image_;
  std::vector<std::uint8_t> rgba_;  ///< used where the picture has transparency
};

}  // namespace

RgbImage decode_bmp(std::string_view bytes, const Path& name, std::int64_t max_pixels) {
  return BmpDecoding(bytes, name).run(max_pixels);
}

}  // namespace tandem

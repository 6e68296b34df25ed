#include "tandem/images/tiff_file.h"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

constexpr tmsize_t kMostBytesAtOnce = tmsize_t{512} << 20;  // for one buffer of libtiff
constexpr std::string_view kReadCompressions =
    "a TIFF compressed by CCITT, LZW, Deflate, PackBits, JPEG, ZSTD, WebP or not at all";

// No others: LZMA, for one, takes as much memory as a file asks for.
constexpr std::array kCompressions = {COMPRESSION_NONE,      COMPRESSION_CCITTRLE,      COMPRESSION_CCITTFAX3,
                                      COMPRESSION_CCITTFAX4, COMPRESSION_CCITTRLEW,     COMPRESSION_LZW,
                                      COMPRESSION_JPEG,      COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE,
                                      COMPRESSION_PACKBITS,  COMPRESSION_ZSTD,          COMPRESSION_WEBP};

std::string text_of(const char* format, va_list arguments) {
  char text[256];
  std::vsnprintf(text, sizeof text, format, arguments);
  std::string words = text;
  std::replace_if(words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, ' ');
  while (words.ends_with(' ') || words.ends_with('.')) words.pop_back();
  return words;
}

template <typename T>
T field(TIFF* tiff, std::uint32_t tag, T otherwise) {
  T value = otherwise;
  return TIFFGetField(tiff, tag, &value) == 1 ? value : otherwise;
}

std::uint16_t field16(TIFF* tiff, std::uint32_t tag) {
  std::uint16_t value = 0;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

/// A missing tag is guessed as libtiff does it.
std::uint16_t photometric_of(TIFF* tiff, const TiffLayout& layout, int extra) {
  std::uint16_t otherwise = layout.samples - extra >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  const bool fax = layout.compression == COMPRESSION_CCITTFAX3 || layout.compression == COMPRESSION_CCITTFAX4 ||
                   layout.compression == COMPRESSION_CCITTRLE || layout.compression == COMPRESSION_CCITTRLEW;
  if (fax) otherwise = PHOTOMETRIC_MINISWHITE;
  return field<std::uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, otherwise);
}

bool is_raw_photograph(TIFF* tiff, std::uint16_t photometric) {
  std::uint8_t* version = nullptr;
  return photometric == PHOTOMETRIC_CFA || photometric == 34892 /* linear raw */ ||
         TIFFGetField(tiff, TIFFTAG_DNGVERSION, &version) == 1;
}

}  // namespace

int TiffLayout::colours() const {
  if (photometric == PHOTOMETRIC_RGB || photometric == PHOTOMETRIC_YCBCR) return 3;
  return photometric == PHOTOMETRIC_SEPARATED ? 4 : 1;
}

TiffFile::TiffFile(std::string_view bytes, const std::filesystem::path& name) : bytes_(bytes), name_(name) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostBytesAtOnce);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), on_message, this);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), on_warning, this);
  tiff_.reset(TIFFClientOpenExt(
      "picture", "r", this, read, [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; }, seek,
      [](thandle_t) { return 0; }, [](thandle_t file) -> toff_t { return static_cast<TiffFile*>(file)->bytes_.size(); },
      map, [](thandle_t, void*, toff_t) {}, options.get()));
  check(tiff_ != nullptr);
  complaint_.clear();  // about tags that nothing here depends on
}

void TiffFile::check(bool done) const {
  if (done && complaint_.empty()) return;
  throw FileError(name_, "an undamaged TIFF", complaint_.empty() ? "damaged data" : complaint_);
}

TiffLayout TiffFile::layout() const {
  TIFF* tiff = tiff_.get();
  TiffLayout layout{.width = field<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0),
                    .height = field<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0),
                    .bits = field16(tiff, TIFFTAG_BITSPERSAMPLE),
                    .samples = field16(tiff, TIFFTAG_SAMPLESPERPIXEL),
                    .planar = field16(tiff, TIFFTAG_PLANARCONFIG),
                    .compression = field16(tiff, TIFFTAG_COMPRESSION),
                    .format = field16(tiff, TIFFTAG_SAMPLEFORMAT)};
  std::uint16_t extra = 0;
  std::uint16_t* kinds = nullptr;
  if (TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra, &kinds) != 1 || kinds == nullptr) extra = 0;
  layout.photometric = photometric_of(tiff, layout, extra);
  const std::uint16_t orientation = field16(tiff, TIFFTAG_ORIENTATION);
  layout.orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
  for (int i = 0; i < extra; ++i) {
    if (kinds[i] != EXTRASAMPLE_ASSOCALPHA && kinds[i] != EXTRASAMPLE_UNASSALPHA) continue;
    layout.alpha = layout.samples - extra + i;
    layout.premultiplied = kinds[i] == EXTRASAMPLE_ASSOCALPHA;
    break;
  }
  if (is_raw_photograph(tiff, layout.photometric)) throw FileError(name_, "a developed picture", "a camera's raw data");
  if ((field<std::uint32_t>(tiff, TIFFTAG_SUBFILETYPE, 0) & FILETYPE_REDUCEDIMAGE) != 0)
    throw FileError(name_, "a TIFF that begins with its picture", "a preview first, as in cameras' raw files");
  if (std::find(kCompressions.begin(), kCompressions.end(), layout.compression) == kCompressions.end() ||
      TIFFIsCODECConfigured(layout.compression) == 0) {
    const std::string number = "compression " + std::to_string(layout.compression);
    throw FileError(name_, kReadCompressions, layout.compression == COMPRESSION_OJPEG ? "old-style JPEG" : number);
  }
  return layout;
}

int TiffFile::on_message(TIFF*, void* file, const char*, const char* format, va_list arguments) {
  auto& self = *static_cast<TiffFile*>(file);
  if (self.complaint_.empty()) self.complaint_ = text_of(format, arguments);
  return 1;  // libtiff's own handler would print.
}

int TiffFile::on_warning(TIFF* tiff, void* file, const char* module, const char* format, va_list arguments) {
  const std::string_view decoder = module == nullptr ? "" : module;
  const bool about_pixels = decoder.starts_with("Fax") || decoder.starts_with("JPEGLib");
  if (static_cast<TiffFile*>(file)->in_pixels_ && about_pixels) on_message(tiff, file, module, format, arguments);
  return 1;
}

tmsize_t TiffFile::read(thandle_t file, void* out, tmsize_t count) {
  auto& self = *static_cast<TiffFile*>(file);
  if (count <= 0 || self.place_ >= self.bytes_.size()) return 0;
  const std::size_t given = std::min(static_cast<std::size_t>(count), self.bytes_.size() - self.place_);
  std::memcpy(out, self.bytes_.data() + self.place_, given);
  self.place_ += given;
  return static_cast<tmsize_t>(given);
}

toff_t TiffFile::seek(thandle_t file, toff_t offset, int whence) {
  auto& self = *static_cast<TiffFile*>(file);
  const toff_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self.place_ : self.bytes_.size();
  self.place_ = static_cast<std::size_t>(from + offset);
  return self.place_;
}

int TiffFile::map(thandle_t file, void** base, toff_t* size) {
  const auto& self = *static_cast<TiffFile*>(file);
  *base = const_cast<char*>(self.bytes_.data());  // "r": libtiff does not write into it
  *size = self.bytes_.size();
  return 1;
}

}  // namespace tandem

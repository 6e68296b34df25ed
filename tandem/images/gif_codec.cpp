#include "tandem/images/gif_codec.h"

#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};
using OwnedGif = std::unique_ptr<GifFileType, CloseGif>;

int read_gif_bytes(GifFileType* gif, GifByteType* out, int count) {
  auto* rest = static_cast<std::string_view*>(gif->UserData);
  const std::size_t given = std::min(rest->size(), static_cast<std::size_t>(std::max(count, 0)));
  std::memcpy(out, rest->data(), given);
  rest->remove_prefix(given);
  return static_cast<int>(given);
}

[[noreturn]] void refuse_gif(int error, const Path& name) {
  if (error == D_GIF_ERR_NOT_ENOUGH_MEM) throw std::bad_alloc();
  const bool ended =
      error == D_GIF_ERR_READ_FAILED || error == D_GIF_ERR_EOF_TOO_SOON || error == D_GIF_ERR_NO_SCRN_DSCR;
  throw FileError(name, "an undamaged GIF", ended ? "data that ends too early" : "damaged data");
}

/// Reads one extension to its end. Returns the transparent colour if it names one, or else `transparent`.
int read_extension(GifFileType* gif, int transparent, const Path& name) {
  int code = 0;
  GifByteType* block = nullptr;
  if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) refuse_gif(gif->Error, name);
  while (block != nullptr) {
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
      transparent = control.TransparentColor;
    if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) refuse_gif(gif->Error, name);
  }
  return transparent;
}

/// Reads up to the first frame's pixels. Returns the transparent colour, or NO_TRANSPARENT_COLOR.
int find_frame(GifFileType* gif, const Path& name) {
  int transparent = NO_TRANSPARENT_COLOR;
  while (true) {
    GifRecordType record = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif, &record) == GIF_ERROR) refuse_gif(gif->Error, name);
    if (record == EXTENSION_RECORD_TYPE) {
      transparent = read_extension(gif, transparent, name);
    } else if (record == IMAGE_DESC_RECORD_TYPE) {
      if (DGifGetImageDesc(gif) == GIF_ERROR) refuse_gif(gif->Error, name);
      return transparent;
    } else {
      throw FileError(name, "a GIF with a picture in it", "none");
    }
  }
}

/// Fills the frame's part of the white picture.
void fill_frame(GifFileType* gif, const ColorMapObject& palette, int transparent, RgbImage& image, const Path& name) {
  const GifImageDesc& frame = gif->Image;
  std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));
  const auto read_row = [&](std::int64_t y) {
    if (DGifGetLine(gif, line.data(), frame.Width) == GIF_ERROR) refuse_gif(gif->Error, name);
    std::uint8_t* rgb = &image.pixels[3 * ((frame.Top + y) * image.width + frame.Left)];
    for (const GifPixelType colour : line) {
      if (colour != transparent) {
        if (colour >= palette.ColorCount)
          throw FileError(name, "an undamaged GIF", "a colour that is not in the palette");
        const GifColorType& shown = palette.Colors[colour];
        rgb[0] = shown.Red;
        rgb[1] = shown.Green;
        rgb[2] = shown.Blue;
      }
      rgb += 3;
    }
  };
  struct Pass {
    int first, step;
  };
  constexpr Pass kInterlaced[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  constexpr Pass kPlain[] = {{0, 1}};
  const auto read_pass = [&](const Pass& pass) {
    for (std::int64_t y = pass.first; y < frame.Height; y += pass.step) read_row(y);
  };
  if (frame.Interlace) {
    std::for_each(std::begin(kInterlaced), std::end(kInterlaced), read_pass);
  } else {
    read_pass(kPlain[0]);
  }
}

}  // namespace

RgbImage decode_gif(std::string_view bytes, const Path& name, std::int64_t max_pixels) {
  int error = 0;
  const OwnedGif gif(DGifOpen(&bytes, read_gif_bytes, &error));
  if (gif == nullptr) refuse_gif(error, name);
  const int transparent = find_frame(gif.get(), name);
  const GifImageDesc& frame = gif->Image;
  if (frame.Width < 1 || frame.Height < 1) {
    throw FileError(name, "a GIF whose first frame has pixels",
                    "a frame of " + std::to_string(frame.Width) + " x " + std::to_string(frame.Height));
  }
  const ColorMapObject* palette = frame.ColorMap != nullptr ? frame.ColorMap : gif->SColorMap;
  if (palette == nullptr) throw FileError(name, "a GIF with a palette", "none");
  RgbImage image = claimed_image(std::max(gif->SHeight, frame.Top + frame.Height),
                                 std::max(gif->SWidth, frame.Left + frame.Width), max_pixels, name);
  std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{255});
  fill_frame(gif.get(), *palette, transparent, image, name);
  return image;
}

}  // namespace tandem

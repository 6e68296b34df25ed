#include "tandem/images/heif_rendering.h"

#include <libheif/heif.h>

#include <algorithm>
#include <climits>
#include <memory>

#include "tandem/images/rgb_image.h"

namespace tandem {
namespace {

struct Free {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Rendering damaged(const heif_error& error) {
  std::string reason = error.message != nullptr ? error.message : "damaged data";
  std::replace_if(reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, ' ');
  while (reason.ends_with(' ')) reason.pop_back();
  const bool unknown = error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype ||
                       error.code == heif_error_Decoder_plugin_error;
  return rejected_rendering(unknown ? "a HEIC or AVIF picture that libheif can decode" : "an undamaged HEIC or AVIF",
                            std::move(reason));
}

/// The rejection of a size, or an empty one.
Rendering check_size(std::int64_t width, std::int64_t height, std::int64_t max_pixels) {
  if (width >= 1 && height >= 1 && height <= max_pixels / width) return {};
  return rejected_rendering("a picture of 1 to " + std::to_string(max_pixels) + " pixels",
                            "one that claims " + std::to_string(width) + " x " + std::to_string(height));
}

/// Samples of 8 bits, or of more in two bytes each, to RGB over white.
class Conversion {
 public:
  Conversion(const heif_image* image, int channels) : channels_(channels) {
    plane_ = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride_);
    bits_ = heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
    premultiplied_ = heif_image_is_premultiplied_alpha(const_cast<heif_image*>(image)) != 0;
  }

  bool possible() const { return plane_ != nullptr && bits_ >= 8 && bits_ <= 16; }

  void fill(Rendering& rendering) const {
    rendering.rgb.resize(3 * rendering.height * rendering.width);
    for (std::int64_t y = 0; y < rendering.height; ++y) {
      const std::uint8_t* row = plane_ + y * stride_;
      std::uint8_t* out = &rendering.rgb[3 * y * rendering.width];
      for (std::int64_t x = 0; x < rendering.width; ++x) {
        const std::uint8_t alpha = channels_ == 4 ? sample(row, x * channels_ + 3) : 255;
        for (int c = 0; c < 3; ++c) {
          const std::uint8_t value = sample(row, x * channels_ + c);
          *out++ =
              premultiplied_ ? static_cast<std::uint8_t>(std::min(value + 255 - alpha, 255)) : over_white(value, alpha);
        }
      }
    }
  }

 private:
  std::uint8_t sample(const std::uint8_t* row, std::int64_t i) const {
    if (bits_ == 8) return row[i];
    const std::uint32_t most = (1U << bits_) - 1;
    const std::uint32_t value = std::min<std::uint32_t>(row[2 * i] | row[2 * i + 1] << 8, most);
    return static_cast<std::uint8_t>((value * 255 + most / 2) / most);
  }

  int channels_;
  const std::uint8_t* plane_ = nullptr;
  int stride_ = 0;
  int bits_ = 0;
  bool premultiplied_ = false;
};

}  // namespace

Rendering render_heif(std::string_view bytes, std::int64_t max_pixels,
                      const std::function<void(std::int64_t pixels)>& begin) {
  const Owned<heif_context> context(heif_context_alloc());
  // The check below has the better message.
  heif_context_set_maximum_image_size_limit(context.get(), INT_MAX);
  heif_context_set_max_decoding_threads(context.get(), 0);
  heif_error error = heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr);
  if (error.code != heif_error_Ok) return damaged(error);
  heif_image_handle* primary = nullptr;
  error = heif_context_get_primary_image_handle(context.get(), &primary);
  const Owned<heif_image_handle> handle(primary);
  if (error.code != heif_error_Ok) return damaged(error);

  const std::int64_t width = heif_image_handle_get_width(primary), height = heif_image_handle_get_height(primary);
  if (Rendering refused = check_size(width, height, max_pixels); !refused.found.empty()) return refused;
  begin(width * height);

  const Owned<heif_decoding_options> options(heif_decoding_options_alloc());
  options->strict_decoding = 1;
  const bool alpha = heif_image_handle_has_alpha_channel(primary) != 0;
  const bool deep = heif_image_handle_get_luma_bits_per_pixel(primary) > 8;
  const heif_chroma plain = deep ? heif_chroma_interleaved_RRGGBB_LE : heif_chroma_interleaved_RGB;
  const heif_chroma with_alpha = deep ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RGBA;
  heif_image* pixels = nullptr;
  error = heif_decode_image(primary, &pixels, heif_colorspace_RGB, alpha ? with_alpha : plain, options.get());
  const Owned<heif_image> image(pixels);
  if (error.code != heif_error_Ok) return damaged(error);

  // What was decoded need not have the size that the file claims.
  Rendering rendering{.height = heif_image_get_height(pixels, heif_channel_interleaved),
                      .width = heif_image_get_width(pixels, heif_channel_interleaved)};
  if (Rendering refused = check_size(rendering.width, rendering.height, max_pixels); !refused.found.empty())
    return refused;
  const Conversion conversion(pixels, alpha ? 4 : 3);
  if (!conversion.possible()) return rejected_rendering("a HEIC or AVIF picture that libheif can decode", "no pixels");
  conversion.fill(rendering);
  return rendering;
}

}  // namespace tandem

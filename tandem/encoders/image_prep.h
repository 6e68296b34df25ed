// A decoded picture -> the numbers an image encoder was trained on, as the image processors of
// Hugging Face transformers (4.57) make them: resize, centre crop, rescale, normalise. Equal bit
// for bit to the Python processors, which use Pillow and NumPy. Within a few levels of 255 of the
// fast processors, which use torchvision, because torchvision's resize rounds differently from
// Pillow's.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>

#include "tandem/images/resample.h"
#include "tandem/images/rgb_image.h"

namespace tandem {

enum class ResizeRule {
  kNone,          ///< keep the picture's own size
  kExact,         ///< to resize_height x resize_width, without keeping the aspect ratio
  kShortestEdge,  ///< the shorter side becomes resize_height, the longer one keeps the ratio, rounded down
};

/// Where a centre crop starts if the margin is odd, and where the picture lies if it is padded by
/// an odd number.
enum class CropRounding {
  kDown,        ///< half the margin rounded down, half the padding rounded up: processors that are not fast
  kDownFast,    ///< both rounded down: processors of transformers 4.57 whose name ends in "Fast"
  kHalfToEven,  ///< the margin's half rounded to even, the padding's half down: torchvision and therefore
                ///< ConvNextImageProcessorFast
};

struct ImagePrep {
  ResizeRule resize = ResizeRule::kNone;
  std::int64_t resize_height = 0;    ///< pixels; of the shorter side for kShortestEdge; unused for kNone
  std::int64_t resize_width = 0;     ///< pixels; only for kExact
  Filter filter = Filter::kBicubic;  ///< unused for kNone
  std::int64_t crop_height = 0;      ///< pixels; 0 turns the crop off. A smaller picture is padded with black.
  std::int64_t crop_width = 0;       ///< pixels; 0 if and only if crop_height is 0
  CropRounding crop_rounding = CropRounding::kDown;
  double rescale_factor = 1.0 / 255;       ///< each byte is multiplied by it; 1 turns it off
  std::array<double, 3> mean = {0, 0, 0};  ///< subtracted after rescaling; red, green, blue
  std::array<double, 3> std = {1, 1, 1};   ///< divides the result of that
};

struct PreparedSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// Reads a preprocessor_config.json of a processor that resizes, crops, rescales and normalises:
/// do_resize, size, resample, do_center_crop, crop_size, crop_pct, do_rescale, rescale_factor,
/// do_normalize, image_mean, image_std, and the processor's type, which determines the meaning of
/// the others and the defaults of missing ones (image_processors.h). If the file names no
/// processor, `otherwise` is used, the model's usual processor ("ViT"); it may be empty.
/// Throws FileError naming the field if one is missing, has the wrong type, is out of range, or
/// asks for a step or a processor that tandem does not know.
ImagePrep read_image_prep(const std::filesystem::path& preprocessor_config_json, const std::string& otherwise = "");

/// The size that prepare_image gives a picture of height x width pixels. It is the same for every
/// picture if there is a crop or an exact resize.
/// Throws c10::ValueError if the picture is empty or a field of `prep` is out of range.
PreparedSize prepared_size(const ImagePrep& prep, std::int64_t height, std::int64_t width);

/// The size of every prepared picture.
/// Throws c10::ValueError if it depends on the picture (no crop, no exact resize).
PreparedSize prepared_size(const ImagePrep& prep);

/// The prepared picture, [3, H, W] float32; H and W are those of prepared_size. Throws
/// c10::ValueError if the picture is empty or a field of `prep` is out of range.
at::Tensor prepare_image(const RgbImage& image, const ImagePrep& prep);

/// Writes the same numbers into one picture's place in a batch.
///
///   out  [3, H, W]  float32, CPU, contiguous; H and W are those of prepared_size
void prepare_image_into(const RgbImage& image, const ImagePrep& prep, const at::Tensor& out);

}  // namespace tandem

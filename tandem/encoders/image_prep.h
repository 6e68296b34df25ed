// A decoded picture -> the numbers an image encoder was trained on, as the image processors of
// Hugging Face transformers (4.57) make them: resize, centre crop, rescale, normalise. The Python
// ones, on Pillow and NumPy, bit for bit; the fast ones, on torchvision, to within a few levels of
// 255 where torchvision's resize rounds otherwise than Pillow's.
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
  kExact,         ///< to resize_height x resize_width, whatever that does to the aspect
  kShortestEdge,  ///< the shorter side becomes resize_height, the longer one follows, rounded down
};

/// Where a centre crop starts when the margin is odd, and where the picture lies when it is padded
/// by an odd number.
enum class CropRounding {
  kDown,        ///< half the margin rounded down, half the padding rounded up: processors that are not fast
  kDownFast,    ///< both rounded down: processors of transformers 4.57 whose name ends in "Fast"
  kHalfToEven,  ///< the margin's half rounded to even, the padding's down: torchvision, and by it
                ///< ConvNextImageProcessorFast
};

struct ImagePrep {
  ResizeRule resize = ResizeRule::kNone;
  std::int64_t resize_height = 0;    ///< pixels; the shorter side's for kShortestEdge; unused for kNone
  std::int64_t resize_width = 0;     ///< pixels; for kExact alone
  Filter filter = Filter::kBicubic;  ///< unused for kNone
  std::int64_t crop_height = 0;      ///< pixels; 0 turns the crop off. A smaller picture is padded with black.
  std::int64_t crop_width = 0;       ///< pixels; 0 exactly if crop_height is
  CropRounding crop_rounding = CropRounding::kDown;
  double rescale_factor = 1.0 / 255;       ///< what each byte is multiplied with; 1 turns it off
  std::array<double, 3> mean = {0, 0, 0};  ///< taken off after rescaling; red, green, blue
  std::array<double, 3> std = {1, 1, 1};   ///< divided by after that
};

struct PreparedSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// Reads a preprocessor_config.json of a processor that resizes, crops, rescales and normalises:
/// do_resize, size, resample, do_center_crop, crop_size, crop_pct, do_rescale, rescale_factor,
/// do_normalize, image_mean, image_std, and the processor's type where the meaning of the others
/// hangs on it: its defaults where the file says nothing (image_processors.h). Files that name no
/// processor are `otherwise`'s, which is the model's usual one ("ViT"), or nobody's.
/// Throws FileError naming the field if one is missing, ill-typed, out of range, or asks for a step
/// or a processor tandem does not know.
ImagePrep read_image_prep(const std::filesystem::path& preprocessor_config_json, const std::string& otherwise = "");

/// The size prepare_image gives a picture of height x width: the same for every picture unless
/// nothing fixes it.
PreparedSize prepared_size(const ImagePrep& prep, std::int64_t height, std::int64_t width);

/// The size of every prepared picture.
/// Throws c10::ValueError if it depends on the picture (no crop, no exact resize).
PreparedSize prepared_size(const ImagePrep& prep);

/// Returns [3, H, W] float32, H and W as prepared_size says.
/// Throws c10::ValueError if the picture is empty or a field of `prep` is out of range.
at::Tensor prepare_image(const RgbImage& image, const ImagePrep& prep);

/// Writes the same numbers into a slot of a batch.
///
///   out  [3, H, W]  float32, CPU, contiguous; H and W as prepared_size says
void prepare_image_into(const RgbImage& image, const ImagePrep& prep, const at::Tensor& out);

}  // namespace tandem

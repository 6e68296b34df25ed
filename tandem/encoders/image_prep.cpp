#include "tandem/encoders/image_prep.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/encoders/image_processors.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

constexpr std::int64_t kLargestSide = 16384;

using Path = std::filesystem::path;

std::string quoted(const std::string& field) { return "\"" + field + "\""; }

bool is_given(const Json& document, const std::string& field) {
  return document.contains(field) && !document.at(field).is_null();
}

std::int64_t side_of(const Json& value, const std::string& field, const Path& path) {
  if (!json_holds<std::int64_t>(value) || value < 1 || value > kLargestSide) {
    throw FileError(path, quoted(field) + " to give sides of 1 to " + std::to_string(kLargestSide) + " pixels",
                    json_type(value));
  }
  return value.get<std::int64_t>();
}

/// {"height", "width"}, and nothing else in it.
PreparedSize box_of(const Json& value, const std::string& field, const Path& path) {
  if (!value.is_object() || value.size() != 2 || !value.contains("height") || !value.contains("width")) {
    throw FileError(path, quoted(field) + " with height and width", value.dump());
  }
  return {.height = side_of(value["height"], field, path), .width = side_of(value["width"], field, path)};
}

std::string processor_type(const Json& document, const std::string& otherwise, const Path& path) {
  const auto old_name = json_field_or<std::string>(document, "feature_extractor_type", otherwise, path);
  return json_field_or<std::string>(document, "image_processor_type", old_name, path);
}

/// Older files give "size" as one number. Its meaning depends on the processor.
ResizeRule rule_of_one_number(const Json& document, const std::string& type, const Path& path) {
  const std::string family = processor_family(type);
  if (family.empty()) {
    throw FileError(path, "\"size\" as {\"height\", \"width\"} or {\"shortest_edge\"}",
                    "one number, and no \"image_processor_type\" that says which is meant");
  }
  bool square = family == "ViT" || family == "DeiT";
  if (is_fast_processor(type)) square = json_field_or<bool>(document, "default_to_square", square, path);
  return square ? ResizeRule::kExact : ResizeRule::kShortestEdge;
}

/// Rejects the forms of "size" that the processor itself rejects.
void check_rule(const ImagePrep& prep, const std::string& type, const Json& size, const Path& path) {
  const std::string family = processor_family(type);
  const bool exact = prep.resize == ResizeRule::kExact;
  if (family == "ConvNext" && exact) {
    throw FileError(path, "\"size\" with shortest_edge, as a " + type + " takes no other", size.dump());
  }
  if (family == "DeiT" && !exact && !is_fast_processor(type)) {
    throw FileError(path, "\"size\" with height and width, as a " + type + " takes no other", size.dump());
  }
}

Filter filter_of(const Json& document, const std::string& type, const Path& path) {
  const Json resample = json_field<Json>(document, "resample", path);
  if (!json_holds<int>(resample) || resample < 0 || resample > 5) {
    throw FileError(path, "\"resample\" of 0 to 5", json_type(resample));
  }
  const auto filter = static_cast<Filter>(resample.get<int>());
  // torchvision resizes tensors only with these and with the nearest pixel, which it rounds
  // differently from Pillow.
  if (is_fast_processor(type) && filter != Filter::kBilinear && filter != Filter::kBicubic) {
    throw FileError(path, "\"resample\" of 2 or 3 for a " + type, resample.dump());
  }
  return filter;
}

void read_resize(const Json& document, const std::string& type, const Path& path, ImagePrep& prep) {
  const Json size = json_field<Json>(document, "size", path);
  if (size.is_number()) {
    prep.resize = rule_of_one_number(document, type, path);
    prep.resize_height = prep.resize_width = side_of(size, "size", path);
  } else if (size.is_object() && size.size() == 1 && size.contains("shortest_edge")) {
    prep.resize = ResizeRule::kShortestEdge;
    prep.resize_height = prep.resize_width = side_of(size["shortest_edge"], "size", path);
    const bool squared = type.starts_with("CLIP") && !is_fast_processor(type);
    if (squared && json_field_or<bool>(document, "use_square_size", false, path)) prep.resize = ResizeRule::kExact;
  } else if (size.is_object() && size.contains("height")) {
    const PreparedSize box = box_of(size, "size", path);
    prep.resize = ResizeRule::kExact;
    prep.resize_height = box.height;
    prep.resize_width = box.width;
  } else {
    throw FileError(path, "\"size\" with height and width, or shortest_edge alone", size.dump());
  }
  check_rule(prep, type, size, path);
  prep.filter = filter_of(document, type, path);
}

/// ConvNext (and ResNet) files: below 384 pixels, `size` is the size of a crop out of a picture
/// that is larger by the factor 1 / crop_pct.
void read_crop_share(const Json& document, const Path& path, ImagePrep& prep) {
  const auto share = json_field<double>(document, "crop_pct", path);
  if (prep.resize != ResizeRule::kShortestEdge)
    throw FileError(path, "\"crop_pct\" with a \"size\" of shortest_edge", "another");
  const std::int64_t side = prep.resize_height;
  if (side >= 384) {
    prep.resize = ResizeRule::kExact;
    return;
  }
  const double whole = static_cast<double>(side) / share;
  if (whole > kLargestSide) {
    throw FileError(path,
                    "a \"crop_pct\" that asks for pictures of at most " + std::to_string(kLargestSide) + " pixels",
                    document.at("crop_pct").dump());
  }
  prep.resize_height = prep.resize_width = static_cast<std::int64_t>(whole);
  prep.crop_height = prep.crop_width = side;
}

void read_crop(const Json& document, const Path& path, ImagePrep& prep) {
  const bool given = is_given(document, "crop_size");
  if (!json_field_or<bool>(document, "do_center_crop", given, path)) return;
  const Json size = json_field<Json>(document, "crop_size", path);
  if (size.is_number()) {
    prep.crop_height = prep.crop_width = side_of(size, "crop_size", path);
  } else {
    const PreparedSize box = box_of(size, "crop_size", path);
    prep.crop_height = box.height;
    prep.crop_width = box.width;
  }
}

std::array<double, 3> channels_of(const Json& document, const std::string& field, const Path& path) {
  const Json value = json_field<Json>(document, field, path);
  const std::string expected = quoted(field) + " as three finite numbers";
  if (!value.is_array() || value.size() != 3) throw FileError(path, expected, value.dump());
  std::array<double, 3> channels{};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!json_holds<double>(value[i])) throw FileError(path, expected, value.dump());
    channels[i] = value[i].get<double>();
  }
  return channels;
}

void read_numbers(const Json& document, const Path& path, ImagePrep& prep) {
  prep.rescale_factor = 1;
  if (json_field_or<bool>(document, "do_rescale", true, path)) {
    prep.rescale_factor = json_field_or<double>(document, "rescale_factor", 1.0 / 255, path);
  }
  if (!json_field_or<bool>(document, "do_normalize", true, path)) return;
  prep.mean = channels_of(document, "image_mean", path);
  prep.std = channels_of(document, "image_std", path);
}

/// Steps of other processors. Omitting one would change the numbers without notice.
void refuse_other_steps(const Json& document, const Path& path) {
  constexpr std::array kOwn = {"do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb"};
  for (const auto& [field, value] : document.items()) {
    const bool step = field.starts_with("do_") || field == "rescale_offset";
    const bool off = value.is_null() || value == false;
    if (step && !off && std::find(kOwn.begin(), kOwn.end(), field) == kOwn.end()) {
      throw FileError(path, quoted(field) + " to be false, as tandem does not do it", value.dump());
    }
  }
  const auto layout = json_field_or<std::string>(document, "input_data_format", "channels_first", path);
  if (layout != "channels_first") {
    throw FileError(path, "\"input_data_format\" to be null or channels_first", quoted(layout));
  }
}

/// Numbers that no processor can use, even if this one ignores them.
void refuse_senseless_numbers(const Json& document, const Path& path) {
  if (is_given(document, "rescale_factor")) json_positive(document, "rescale_factor", path);
  if (is_given(document, "crop_pct") && json_positive(document, "crop_pct", path) > 1) {
    throw FileError(path, "\"crop_pct\" above 0 and at most 1", document.at("crop_pct").dump());
  }
  if (is_given(document, "crop_size")) {
    const Json& size = document.at("crop_size");
    if (size.is_number()) side_of(size, "crop_size", path);
    if (size.is_object()) {
      for (const Json& side : size) {
        if (!side.is_null()) side_of(side, "crop_size", path);
      }
    }
  }
  if (!is_given(document, "image_std")) return;
  for (const double deviation : channels_of(document, "image_std", path)) {
    // Division happens in single precision, where smaller numbers are 0.
    if (!(static_cast<float>(deviation) > 0)) {
      throw FileError(path, "an \"image_std\" without 0 or less", document.at("image_std").dump());
    }
  }
}

/// A file that names no processor and belongs to no model of transformers must be tandem's own
/// format, without unknown fields.
void refuse_unknown_fields(const Json& document, const Path& path) {
  constexpr std::array kKnown = {"do_resize",
                                 "size",
                                 "resample",
                                 "do_center_crop",
                                 "crop_size",
                                 "crop_pct",
                                 "do_rescale",
                                 "rescale_factor",
                                 "do_normalize",
                                 "image_mean",
                                 "image_std",
                                 "do_convert_rgb",
                                 "image_processor_type",
                                 "feature_extractor_type",
                                 "input_data_format"};
  for (const auto& [field, value] : document.items()) {
    if (value.is_null() || value == false || std::find(kKnown.begin(), kKnown.end(), field) != kKnown.end()) continue;
    throw FileError(path, "an \"image_processor_type\" that says what " + quoted(field) + " means", "none");
  }
}

std::int64_t crop_begin(std::int64_t margin, CropRounding rounding) {
  // Half to even: 1 -> 0, 3 -> 2, 5 -> 2.
  return margin / 2 + (rounding == CropRounding::kHalfToEven && margin % 4 == 3 ? 1 : 0);
}

PreparedSize resized_size(const ImagePrep& prep, std::int64_t height, std::int64_t width) {
  if (prep.resize == ResizeRule::kNone) return {.height = height, .width = width};
  if (prep.resize == ResizeRule::kExact) return {.height = prep.resize_height, .width = prep.resize_width};
  const std::int64_t edge = prep.resize_height;
  if (width <= height) return {.height = edge * height / width, .width = edge};
  return {.height = edge, .width = edge * width / height};
}

void check_prep(const ImagePrep& prep) {
  TORCH_CHECK_VALUE(prep.resize == ResizeRule::kNone || prep.resize_height >= 1,
                    "prepare_image: resize_height must be at least 1, got ", prep.resize_height);
  TORCH_CHECK_VALUE(prep.resize != ResizeRule::kExact || prep.resize_width >= 1,
                    "prepare_image: resize_width must be at least 1, got ", prep.resize_width);
  TORCH_CHECK_VALUE((prep.crop_height == 0 && prep.crop_width == 0) || (prep.crop_height >= 1 && prep.crop_width >= 1),
                    "prepare_image: crop_height and crop_width must both be 0 or both at least 1, got ",
                    prep.crop_height, " and ", prep.crop_width);
  for (const double deviation : prep.std) TORCH_CHECK_VALUE(deviation != 0, "prepare_image: std must not be 0");
}

/// The resized picture, cropped if a crop is smaller, and the position of its corner in the
/// prepared picture (padding).
struct Placed {
  RgbImage image;
  std::int64_t top = 0;
  std::int64_t left = 0;
};

Placed resize_and_crop(const RgbImage& image, const ImagePrep& prep) {
  const PreparedSize whole = resized_size(prep, image.height, image.width);
  Window window{.top = 0, .left = 0, .height = whole.height, .width = whole.width};
  Placed placed;
  if (prep.crop_height > 0) {
    window.height = std::min(whole.height, prep.crop_height);
    window.width = std::min(whole.width, prep.crop_width);
    window.top = crop_begin(whole.height - window.height, prep.crop_rounding);
    window.left = crop_begin(whole.width - window.width, prep.crop_rounding);
    placed.top = (prep.crop_height - window.height + 1) / 2;
    placed.left = (prep.crop_width - window.width + 1) / 2;
    // torchvision and the fast processors pad by the smaller half at the top left.
    if (prep.crop_rounding != CropRounding::kDown) {
      placed.top = (prep.crop_height - window.height) / 2;
      placed.left = (prep.crop_width - window.width) / 2;
    }
  }
  placed.image = resize_window(image, whole.height, whole.width, prep.filter, window);
  return placed;
}

/// The value of every byte in every channel, rounded where transformers rounds: to 32 bits after
/// rescaling, after the subtraction and after the division.
using ByteTable = std::array<std::array<float, 256>, 3>;

ByteTable byte_table(const ImagePrep& prep) {
  ByteTable table{};
  for (int channel = 0; channel < 3; ++channel) {
    for (int byte = 0; byte < 256; ++byte) {
      const auto scaled = static_cast<float>(byte * prep.rescale_factor);
      const float centred = scaled - static_cast<float>(prep.mean[channel]);
      table[channel][byte] = centred / static_cast<float>(prep.std[channel]);
    }
  }
  return table;
}

}  // namespace

ImagePrep read_image_prep(const std::filesystem::path& preprocessor_config_json, const std::string& otherwise) {
  const Path& path = preprocessor_config_json;
  Json document = read_json(path);
  if (!document.is_object()) throw FileError(path, "a JSON object", json_type(document));
  refuse_other_steps(document, path);
  refuse_senseless_numbers(document, path);
  const std::string type = processor_type(document, otherwise, path);
  if (type.empty()) {
    refuse_unknown_fields(document, path);
  } else {
    check_processor_type(type, path);
    document = with_processor_defaults(std::move(document), type);
  }

  ImagePrep prep;
  const bool shares = processor_family(type) == "ConvNext";  // crops during its resize, rounded as in torchvision
  if (is_fast_processor(type)) prep.crop_rounding = shares ? CropRounding::kHalfToEven : CropRounding::kDownFast;
  const bool resizes = json_field_or<bool>(document, "do_resize", true, path);
  if (resizes) read_resize(document, type, path, prep);
  read_crop(document, path, prep);
  if (shares && prep.crop_height > 0) {
    throw FileError(path, "\"do_center_crop\" to be false, as \"crop_pct\" crops already", "true");
  }
  if (resizes && is_given(document, "crop_pct")) read_crop_share(document, path, prep);
  read_numbers(document, path, prep);
  return prep;
}

PreparedSize prepared_size(const ImagePrep& prep, std::int64_t height, std::int64_t width) {
  TORCH_CHECK_VALUE(height >= 1 && width >= 1, "prepared_size: needed a picture, got ", width, " x ", height);
  check_prep(prep);
  if (prep.crop_height > 0) return {.height = prep.crop_height, .width = prep.crop_width};
  return resized_size(prep, height, width);
}

PreparedSize prepared_size(const ImagePrep& prep) {
  TORCH_CHECK_VALUE(prep.crop_height > 0 || prep.resize == ResizeRule::kExact,
                    "prepared_size: the size depends on the picture unless there is a crop or an exact resize");
  return prepared_size(prep, 1, 1);
}

at::Tensor prepare_image(const RgbImage& image, const ImagePrep& prep) {
  const PreparedSize size = prepared_size(prep, image.height, image.width);
  at::Tensor out = at::empty({3, size.height, size.width}, at::kFloat);
  prepare_image_into(image, prep, out);
  return out;
}

void prepare_image_into(const RgbImage& image, const ImagePrep& prep, const at::Tensor& out) {
  const PreparedSize size = prepared_size(prep, image.height, image.width);
  check_shape("prepare_image_into", "out", out, {3, size.height, size.width});
  TORCH_CHECK_VALUE(out.scalar_type() == at::kFloat && out.is_cpu() && out.is_contiguous(),
                    "prepare_image_into: out must be float32, contiguous and on the CPU, got ", out.toString());
  const ByteTable table = byte_table(prep);
  const Placed placed = resize_and_crop(image, prep);
  const RgbImage& picture = placed.image;
  auto* plane = out.mutable_data_ptr<float>();
  const bool padded = picture.height != size.height || picture.width != size.width;
  for (int channel = 0; channel < 3; ++channel, plane += size.height * size.width) {
    const std::array<float, 256>& numbers = table[channel];
    if (padded) std::fill_n(plane, size.height * size.width, numbers[0]);
    for (std::int64_t y = 0; y < picture.height; ++y) {
      const std::uint8_t* row = &picture.pixels[3 * y * picture.width + channel];
      float* target = plane + (placed.top + y) * size.width + placed.left;
      for (std::int64_t x = 0; x < picture.width; ++x) target[x] = numbers[row[3 * x]];
    }
  }
}

}  // namespace tandem

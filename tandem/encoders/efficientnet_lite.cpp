#include "tandem/encoders/efficientnet_lite.h"

#include <ATen/ops/cat.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/network/convolution.h"
#include "tandem/network/model_weights.h"

namespace tandem {
namespace {

/// Pictures that go through the network together. Two keep the activations in the cache and below the size at
/// which malloc returns memory to the system after each layer; larger groups ran at half the speed.
constexpr std::int64_t kPicturesAtOnce = 2;

struct InvertedResidual {
  std::optional<Convolution> expand;
  Convolution depthwise;
  Convolution project;
  bool residual;

  at::Tensor operator()(const at::Tensor& x) const {
    const at::Tensor y = project(depthwise(expand ? (*expand)(x) : x));
    return residual ? y.add_(x) : y;
  }
};

class EfficientNetLite final : public ImageEncoder {
 public:
  EfficientNetLite(const EfficientNetLiteConfig& config, const ModelWeights& weights);

  at::Tensor patch_states(const at::Tensor& pixels) const override;
  bool has_class_token() const override { return false; }
  std::int64_t width() const override { return width_; }

 private:
  at::Tensor few_patch_states(const at::Tensor& pixels) const;

  std::int64_t width_;
  Convolution stem_;
  std::vector<InvertedResidual> blocks_;
  Convolution head_;
};

struct ConvolutionShape {
  std::int64_t out = 0;
  std::int64_t in = 0;  // a group's
  std::int64_t kernel = 1;
};

Convolution read_convolution(const ModelWeights& weights, const std::string& name,
                             const ConvolutionShape& shape, double epsilon,
                             const ConvolutionOptions& options) {
  const auto statistic = [&](const char* part) {
    return weights.read(name + ".normalization." + part, {shape.out});
  };
  const BatchNorm norm{.scale = statistic("weight"),
                       .shift = statistic("bias"),
                       .mean = statistic("running_mean"),
                       .variance = statistic("running_var"),
                       .epsilon = epsilon};
  return {weights.read(name + ".convolution.weight", {shape.out, shape.in, shape.kernel, shape.kernel}), norm,
          options};
}

constexpr ConvolutionActivation kRelu6 = ConvolutionActivation::kRelu6;

InvertedResidual read_block(const ModelWeights& weights, const std::string& name,
                            const EfficientNetStage& stage, std::int64_t in, std::int64_t stride,
                            double epsilon) {
  const std::int64_t wide = in * stage.expand_ratio;
  std::optional<Convolution> expand;
  if (stage.expand_ratio != 1) {
    expand =
        read_convolution(weights, name + ".expand", {.out = wide, .in = in}, epsilon, {.activation = kRelu6});
  }
  return {
      .expand = std::move(expand),
      .depthwise =
          read_convolution(weights, name + ".depthwise", {.out = wide, .in = 1, .kernel = stage.kernel_size},
                           epsilon, {.stride = stride, .groups = wide, .activation = kRelu6}),
      .project = read_convolution(weights, name + ".project", {.out = stage.width, .in = wide}, epsilon, {}),
      .residual = stride == 1 && in == stage.width};
}

std::vector<InvertedResidual> read_blocks(const EfficientNetLiteConfig& config, const ModelWeights& weights) {
  std::vector<InvertedResidual> blocks;
  std::int64_t in = config.stem_width;
  for (const EfficientNetStage& stage : config.stages) {
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      blocks.push_back(read_block(weights, "blocks." + std::to_string(blocks.size()), stage, in,
                                  i == 0 ? stage.stride : 1, config.batch_norm_eps));
      in = stage.width;
    }
  }
  return blocks;
}

EfficientNetLite::EfficientNetLite(const EfficientNetLiteConfig& config, const ModelWeights& weights)
    : width_(config.hidden_size),
      stem_(read_convolution(weights, "stem", {.out = config.stem_width, .in = 3, .kernel = 3},
                             config.batch_norm_eps, {.stride = 2, .activation = kRelu6})),
      blocks_(read_blocks(config, weights)),
      head_(read_convolution(weights, "head", {.out = config.hidden_size, .in = config.stages.back().width},
                             config.batch_norm_eps, {.activation = kRelu6})) {}

at::Tensor EfficientNetLite::few_patch_states(const at::Tensor& pixels) const {
  at::Tensor x = stem_(pixels.contiguous(at::MemoryFormat::ChannelsLast));
  for (const InvertedResidual& block : blocks_) x = block(x);
  return head_(x).permute({0, 2, 3, 1}).flatten(1, 2);
}

at::Tensor EfficientNetLite::patch_states(const at::Tensor& pixels) const {
  constexpr std::int64_t kSmallestSide = 32;  // five halvings
  check_shape("patch_states", "pixels", pixels, {kAnySize, 3, kAnySize, kAnySize});
  TORCH_CHECK_VALUE(pixels.scalar_type() == at::kFloat, "patch_states: pixels must be float32, got ",
                    pixels.scalar_type());
  TORCH_CHECK_VALUE(pixels.size(0) > 0 && pixels.size(2) >= kSmallestSide && pixels.size(3) >= kSmallestSide,
                    "patch_states: pixels must be [B, 3, H, W] with B at least 1, H and W at least ",
                    kSmallestSide, ", got ", shape_text(pixels));
  std::vector<at::Tensor> states;
  for (std::int64_t begin = 0; begin < pixels.size(0); begin += kPicturesAtOnce) {
    states.push_back(
        few_patch_states(pixels.narrow(0, begin, std::min(kPicturesAtOnce, pixels.size(0) - begin))));
  }
  return at::cat(states);
}

}  // namespace

EfficientNetLiteConfig read_efficientnet_lite_config(const Json& config, const std::filesystem::path& path) {
  const auto number = [&](const Json& parent, const char* name, std::int64_t highest) {
    const auto value = json_field<std::int64_t>(parent, name, path);
    if (value < 1 || value > highest) {
      throw FileError(path, "\"" + std::string(name) + "\" from 1 to " + std::to_string(highest),
                      std::to_string(value));
    }
    return value;
  };
  const auto only = [&](const char* name, const std::string& wanted) {
    const auto value = json_field_or<std::string>(config, name, wanted, path);
    if (value != wanted)
      throw FileError(path, "\"" + std::string(name) + "\" to be " + wanted, "\"" + value + "\"");
  };
  constexpr std::int64_t kWidest = 65536;
  EfficientNetLiteConfig read{.stem_width = number(config, "stem_width", kWidest),
                              .hidden_size = number(config, "hidden_size", kWidest),
                              .batch_norm_eps = json_field<double>(config, "batch_norm_eps", path)};
  for (const Json& stage : json_field<std::vector<Json>>(config, "blocks", path)) {
    read.stages.push_back({.repeats = number(stage, "repeats", 1000),
                           .kernel_size = number(stage, "kernel_size", 31),
                           .stride = number(stage, "stride", 2),
                           .expand_ratio = number(stage, "expand_ratio", 64),
                           .width = number(stage, "width", kWidest)});
  }
  if (read.stages.empty()) throw FileError(path, "a row in \"blocks\"", "none");
  if (!(read.batch_norm_eps > 0 && read.batch_norm_eps < 1)) {
    throw FileError(path, "\"batch_norm_eps\" between 0 and 1", std::to_string(read.batch_norm_eps));
  }
  only("hidden_act", "relu6");
  only("padding", "same");
  const std::int64_t channels = json_field_or<std::int64_t>(config, "num_channels", 3, path);
  if (channels != 3) throw FileError(path, "\"num_channels\" to be 3", std::to_string(channels));
  return read;
}

std::unique_ptr<const ImageEncoder> read_efficientnet_lite(const EfficientNetLiteConfig& config,
                                                           const std::filesystem::path& weights) {
  return std::make_unique<EfficientNetLite>(config, ModelWeights(weights, "", "stem.convolution.weight"));
}

}  // namespace tandem

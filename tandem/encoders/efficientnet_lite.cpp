#include "tandem/encoders/efficientnet_lite.h"

#include <optional>
#include <string>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/nn/convolution.h"
#include "tandem/nn/model_weights.h"

namespace tandem {
namespace {

/// Pictures that go through the network together. Two keep the activations in the cache and below
/// the size at which malloc returns memory to the system after each layer; larger groups ran at
/// half the speed.
constexpr std::int64_t kPicturesAtOnce = 2;
constexpr std::int64_t kSmallestSide = 32;  // five halvings

struct InvertedResidual {
  std::optional<Convolution> expand;
  Convolution depthwise;
  Convolution project;
  bool residual;

  at::Tensor operator()(const at::Tensor& x) const {
    const at::Tensor y = depthwise(expand ? (*expand)(x) : x);
    return residual ? project.plus(y, x) : project(y);
  }
};

class EfficientNetLite final : public ImageEncoder {
 public:
  EfficientNetLite(const EfficientNetLiteConfig& config, const ModelWeights& weights);

  std::int64_t layers() const override { return static_cast<std::int64_t>(widths_.size()) - 1; }
  std::int64_t width(std::int64_t layer) const override { return widths_.at(layer); }
  std::int64_t leading_tokens() const override { return 0; }
  bool takes_size(std::int64_t height, std::int64_t width) const override {
    return height >= kSmallestSide && width >= kSmallestSide;
  }
  std::string sizes_taken() const override { return "32 x 32 or larger"; }

 protected:
  void run(const at::Tensor& pixels, LayerTap& tap) const override;
  std::int64_t pictures_at_once() const override { return kPicturesAtOnce; }

 private:
  std::vector<std::int64_t> widths_;  // of stem, stages and head
  Convolution stem_;
  std::vector<std::vector<InvertedResidual>> stages_;
  Convolution head_;
};

InvertedResidual read_block(const ModelWeights& weights, const std::string& name, const EfficientNetStage& stage,
                            std::int64_t in, std::int64_t stride, double epsilon) {
  const std::int64_t wide = in * stage.expand_ratio;
  const bool residual = stride == 1 && in == stage.width;
  const Activation relu6 = activation_named("relu6");
  std::optional<Convolution> expand;
  if (stage.expand_ratio != 1) {
    expand = weights.read_convolution(name + ".expand", {.out = wide, .in = in}, epsilon, {.activation = relu6});
  }
  return {
      .expand = std::move(expand),
      .depthwise = weights.read_convolution(name + ".depthwise", {.out = wide, .in = 1, .kernel = stage.kernel_size},
                                            epsilon, {.stride = stride, .groups = wide, .activation = relu6}),
      .project =
          weights.read_convolution(name + ".project", {.out = stage.width, .in = wide}, epsilon, {.adds = residual}),
      .residual = residual};
}

std::vector<std::vector<InvertedResidual>> read_stages(const EfficientNetLiteConfig& config,
                                                       const ModelWeights& weights) {
  std::vector<std::vector<InvertedResidual>> stages;
  std::int64_t in = config.stem_width, count = 0;
  for (const EfficientNetStage& stage : config.stages) {
    std::vector<InvertedResidual>& blocks = stages.emplace_back();
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      blocks.push_back(read_block(weights, "blocks." + std::to_string(count++), stage, in, i == 0 ? stage.stride : 1,
                                  config.batch_norm_eps));
      in = stage.width;
    }
  }
  return stages;
}

EfficientNetLite::EfficientNetLite(const EfficientNetLiteConfig& config, const ModelWeights& weights)
    : widths_{config.stem_width},
      stem_(weights.read_convolution("stem", {.out = config.stem_width, .in = 3, .kernel = 3}, config.batch_norm_eps,
                                     {.stride = 2, .activation = activation_named("relu6")})),
      stages_(read_stages(config, weights)),
      head_(weights.read_convolution("head", {.out = config.hidden_size, .in = config.stages.back().width},
                                     config.batch_norm_eps, {.activation = activation_named("relu6")})) {
  for (const EfficientNetStage& stage : config.stages) widths_.push_back(stage.width);
  widths_.push_back(config.hidden_size);
}

void EfficientNetLite::run(const at::Tensor& pixels, LayerTap& tap) const {
  const auto offer = [&](std::int64_t layer, const at::Tensor& map) {
    if (tap.wants(layer)) tap.keep(layer, map_states(map));
  };
  at::Tensor x = stem_(pixels.contiguous(at::MemoryFormat::ChannelsLast));
  offer(0, x);
  for (std::int64_t layer = 1; layer <= tap.deepest() && layer < layers(); ++layer) {
    for (const InvertedResidual& block : stages_[layer - 1]) x = block(x);
    offer(layer, x);
  }
  if (tap.deepest() == layers()) tap.keep(layers(), map_states(head_(x)));
}

}  // namespace

EfficientNetLiteConfig read_efficientnet_lite_config(const Json& config, const std::filesystem::path& path) {
  const auto number = [&](const Json& parent, const char* name, std::int64_t highest) {
    return json_integer(parent, name, 1, highest, path);
  };
  const auto only = [&](const char* name, const std::string& wanted) {
    const auto value = json_field_or<std::string>(config, name, wanted, path);
    if (value != wanted) throw FileError(path, "\"" + std::string(name) + "\" to be " + wanted, "\"" + value + "\"");
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
                                                           const WeightSource& weights) {
  return std::make_unique<EfficientNetLite>(config, ModelWeights(weights, "", "stem.convolution.weight"));
}

}  // namespace tandem

#include "tandem/encoders/resnet.h"

#include <ATen/ops/max_pool2d.h>

#include <optional>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/nn/convolution.h"
#include "tandem/nn/model_weights.h"

namespace tandem {
namespace {

constexpr double kBatchNormEpsilon = 1e-5;  // torch's default, which transformers keeps
constexpr std::int64_t kReduction = 4;      // how much narrower a bottleneck is inside

/// Pictures that go through the network together, so that their maps stay in the cache.
constexpr std::int64_t kPicturesAtOnce = 4;

struct ResidualBlock {
  std::vector<Convolution> convolutions;
  std::optional<Convolution> shortcut;

  at::Tensor operator()(const at::Tensor& x) const {
    at::Tensor y = x;
    for (std::size_t i = 0; i + 1 < convolutions.size(); ++i) y = convolutions[i](y);
    return convolutions.back().plus(y, shortcut ? (*shortcut)(x) : x);
  }
};

class ResNet final : public ImageEncoder {
 public:
  ResNet(const ResNetConfig& config, const ModelWeights& weights);

  std::int64_t layers() const override { return static_cast<std::int64_t>(stages_.size()); }
  std::int64_t width(std::int64_t layer) const override { return widths_.at(layer); }
  std::int64_t leading_tokens() const override { return 0; }
  bool takes_size(std::int64_t height, std::int64_t width) const override { return height >= 1 && width >= 1; }
  std::string sizes_taken() const override { return "1 x 1 or larger"; }

 protected:
  void run(const at::Tensor& pixels, LayerTap& tap) const override;
  std::int64_t pictures_at_once() const override { return kPicturesAtOnce; }

 private:
  std::vector<std::int64_t> widths_;  // of the stem and the stages
  Convolution stem_;
  std::vector<std::vector<ResidualBlock>> stages_;
};

struct BlockShape {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t stride = 1;
};

ResidualBlock read_block(const ModelWeights& weights, const std::string& name, const BlockShape& shape,
                         const ResNetConfig& config) {
  ResidualBlock block{.convolutions = {}, .shortcut = std::nullopt};
  const auto read = [&](const std::string& part, const ConvolutionShape& of, std::int64_t stride,
                        const Activation& then, bool adds = false) {
    return weights.read_convolution(name + part, of, kBatchNormEpsilon,
                                    {.stride = stride, .padding = of.kernel / 2, .adds = adds, .activation = then});
  };
  const auto add = [&](const ConvolutionShape& of, std::int64_t stride, const Activation& then, bool adds = false) {
    block.convolutions.push_back(read(".layer." + std::to_string(block.convolutions.size()), of, stride, then, adds));
  };
  // Inside a block transformers always uses ReLU, whatever "hidden_act" is.
  const Activation inside = activation_named("relu");
  const Activation last = activation_named(config.hidden_act);
  if (shape.in != shape.out || shape.stride != 1) {
    block.shortcut = read(".shortcut", {.out = shape.out, .in = shape.in}, shape.stride, {});
  }
  if (config.layer_type == ResNetBlockKind::kBasic) {
    add({.out = shape.out, .in = shape.in, .kernel = 3}, shape.stride, inside);
    add({.out = shape.out, .in = shape.out, .kernel = 3}, 1, last, true);
  } else {
    const std::int64_t narrow = shape.out / kReduction;
    add({.out = narrow, .in = shape.in}, config.downsample_in_bottleneck ? shape.stride : 1, inside);
    add({.out = narrow, .in = narrow, .kernel = 3}, config.downsample_in_bottleneck ? 1 : shape.stride, inside);
    add({.out = shape.out, .in = narrow}, 1, last, true);
  }
  return block;
}

ResNet::ResNet(const ResNetConfig& config, const ModelWeights& weights)
    : widths_{config.embedding_size},
      stem_(weights.read_convolution("embedder.embedder", {.out = config.embedding_size, .in = 3, .kernel = 7},
                                     kBatchNormEpsilon,
                                     {.stride = 2, .padding = 3, .activation = activation_named(config.hidden_act)})) {
  for (std::size_t s = 0; s < config.depths.size(); ++s) {
    std::vector<ResidualBlock>& blocks = stages_.emplace_back();
    for (std::int64_t i = 0; i < config.depths[s]; ++i) {
      const bool halves = i == 0 && (s > 0 || config.downsample_in_first_stage);
      const BlockShape shape{.in = i == 0 ? widths_.back() : config.hidden_sizes[s],
                             .out = config.hidden_sizes[s],
                             .stride = halves ? 2 : 1};
      blocks.push_back(
          read_block(weights, "encoder.stages." + std::to_string(s) + ".layers." + std::to_string(i), shape, config));
    }
    widths_.push_back(config.hidden_sizes[s]);
  }
}

void ResNet::run(const at::Tensor& pixels, LayerTap& tap) const {
  at::Tensor x = stem_(pixels.contiguous(at::MemoryFormat::ChannelsLast));
  x = at::max_pool2d(x, {3, 3}, {2, 2}, {1, 1});
  for (std::int64_t layer = 0;; ++layer) {
    if (tap.wants(layer)) tap.keep(layer, map_states(x));
    if (layer == tap.deepest()) return;
    for (const ResidualBlock& block : stages_[layer]) x = block(x);
  }
}

}  // namespace

ResNetConfig read_resnet_config(const Json& config, const std::filesystem::path& path) {
  const auto check = [&](const char* name, std::int64_t value, std::int64_t lowest, std::int64_t highest) {
    if (value >= lowest && value <= highest) return;
    throw FileError(path,
                    "\"" + std::string(name) + "\" from " + std::to_string(lowest) + " to " + std::to_string(highest),
                    std::to_string(value));
  };
  ResNetConfig read;
  read.embedding_size = json_field_or(config, "embedding_size", read.embedding_size, path);
  read.hidden_sizes = json_field_or(config, "hidden_sizes", read.hidden_sizes, path);
  read.depths = json_field_or(config, "depths", read.depths, path);
  read.hidden_act = json_field_or(config, "hidden_act", read.hidden_act, path);
  read.downsample_in_first_stage = json_field_or(config, "downsample_in_first_stage", false, path);
  read.downsample_in_bottleneck = json_field_or(config, "downsample_in_bottleneck", false, path);
  const auto kind = json_field_or<std::string>(config, "layer_type", "bottleneck", path);
  if (kind != "basic" && kind != "bottleneck") {
    throw FileError(path, "\"layer_type\" to be basic or bottleneck", "\"" + kind + "\"");
  }
  read.layer_type = kind == "basic" ? ResNetBlockKind::kBasic : ResNetBlockKind::kBottleneck;
  if (read.depths.empty() || read.depths.size() != read.hidden_sizes.size()) {
    throw FileError(path, "as many \"depths\" as \"hidden_sizes\"",
                    std::to_string(read.depths.size()) + " and " + std::to_string(read.hidden_sizes.size()));
  }
  constexpr std::int64_t kWidest = 65536, kDeepest = 1000;
  check("embedding_size", read.embedding_size, 1, kWidest);
  for (const std::int64_t width : read.hidden_sizes) {
    check("hidden_sizes", width, read.layer_type == ResNetBlockKind::kBasic ? 1 : kReduction, kWidest);
  }
  for (const std::int64_t depth : read.depths) check("depths", depth, 1, kDeepest);
  const auto channels = json_field_or<std::int64_t>(config, "num_channels", 3, path);
  if (channels != 3) throw FileError(path, "\"num_channels\" to be 3", std::to_string(channels));
  read_activation(config, "hidden_act", read.hidden_act, path);
  return read;
}

std::unique_ptr<const ImageEncoder> read_resnet(const ResNetConfig& config, const WeightSource& weights) {
  return std::make_unique<ResNet>(config, ModelWeights(weights, "resnet.", "embedder.embedder.convolution.weight"));
}

}  // namespace tandem

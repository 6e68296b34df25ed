#include "tandem/encoders/vision_transformer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/zeros.h>

#include <string>
#include <utility>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

class VisionTransformer final : public ImageEncoder, public TransformerLayers {
 public:
  VisionTransformer(VisionTransformerParts parts, ModelWeights weights);

  std::int64_t layers() const override { return parts_.layers.count; }
  std::int64_t width(std::int64_t) const override { return parts_.leading.size(2); }
  std::int64_t leading_tokens() const override { return parts_.leading.size(1); }
  bool takes_size(std::int64_t height, std::int64_t width) const override;
  std::string sizes_taken() const override;

  std::int64_t layer_count() const override { return parts_.layers.count; }
  at::Tensor run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                       const ModelWeights& weights) const override;
  std::optional<at::Tensor> attention_bias(const at::Tensor&) const override { return std::nullopt; }
  LayerLinears linears(std::int64_t layer) const override { return parts_.layers.linears.behind(layer_name(layer)); }
  const ModelWeights& stored_weights() const override { return weights_; }

 protected:
  void run(const at::Tensor& pixels, LayerTap& tap) const override;

 private:
  at::Tensor embed(const at::Tensor& pixels) const;
  at::Tensor positions(std::int64_t rows, std::int64_t columns) const;
  at::Tensor finish(const at::Tensor& x, const LayerNorm& norm) const;
  std::string layer_name(std::int64_t layer) const { return parts_.layers.prefix + std::to_string(layer - 1); }

  VisionTransformerParts parts_;
  ModelWeights weights_;
  std::vector<PreNormLayer> layers_;
  LayerNorm final_norm_;
};

VisionTransformer::VisionTransformer(VisionTransformerParts parts, ModelWeights weights)
    : parts_(std::move(parts)), weights_(std::move(weights)), final_norm_(parts_.layers.read_final_norm(weights_)) {
  for (std::int64_t layer = 1; layer <= parts_.layers.count; ++layer)
    layers_.push_back(parts_.layers.read(weights_, layer_name(layer)));
}

at::Tensor VisionTransformer::run_layer(std::int64_t layer, const at::Tensor& x, const std::optional<at::Tensor>& bias,
                                        const ModelWeights& weights) const {
  const at::Tensor y = parts_.layers.read(weights, layer_name(layer))(x.to(scalar_type(weights.precision())), bias);
  return layer == layer_count() ? finish(y, parts_.layers.read_final_norm(weights)) : y;
}

bool VisionTransformer::takes_size(std::int64_t height, std::int64_t width) const {
  if (parts_.other_sizes != OtherSizes::kRefused) return height >= parts_.patch_size && width >= parts_.patch_size;
  return height == parts_.image_size && width == parts_.image_size;
}

std::string VisionTransformer::sizes_taken() const {
  const bool fixed = parts_.other_sizes == OtherSizes::kRefused;
  const std::string side = std::to_string(fixed ? parts_.image_size : parts_.patch_size);
  return side + " x " + side + (fixed ? "" : " or larger");
}

at::Tensor VisionTransformer::positions(std::int64_t rows, std::int64_t columns) const {
  const std::int64_t grid = parts_.image_size / parts_.patch_size, D = parts_.positions.size(2);
  if (rows == grid && columns == grid) return parts_.positions;
  const at::Tensor map = parts_.positions.view({1, grid, grid, D}).permute({0, 3, 1, 2});
  constexpr bool kAlignCorners = false;
  const at::Tensor resized = parts_.other_sizes == OtherSizes::kBicubicAntialiased
                                 ? at::_upsample_bicubic2d_aa(map, {rows, columns}, kAlignCorners)
                                 : at::upsample_bicubic2d(map, {rows, columns}, kAlignCorners);
  return resized.permute({0, 2, 3, 1}).reshape({1, rows * columns, D});
}

at::Tensor VisionTransformer::embed(const at::Tensor& pixels) const {
  const std::int64_t B = pixels.size(0), P = parts_.patch_size, rows = pixels.size(2) / P, columns = pixels.size(3) / P;
  // Pixels beyond the last whole patch are left out, as a convolution leaves them out.
  const at::Tensor patches = pixels.narrow(2, 0, rows * P)
                                 .narrow(3, 0, columns * P)
                                 .reshape({B, 3, rows, P, columns, P})
                                 .permute({0, 2, 4, 1, 3, 5})
                                 .reshape({B, rows * columns, 3 * P * P});
  const at::Tensor leading = parts_.leading.expand({B, -1, -1});
  const at::Tensor projected = parts_.patches(patches);
  const at::Tensor x = at::cat({leading, projected + positions(rows, columns)}, 1).to(projected.scalar_type());
  return parts_.first_norm ? (*parts_.first_norm)(x) : x;
}

at::Tensor VisionTransformer::finish(const at::Tensor& x, const LayerNorm& norm) const {
  if (parts_.norm_reach == FinalNorm::kAllTokens) return norm(x);
  return at::cat({norm(x.narrow(1, 0, 1)), x.narrow(1, 1, x.size(1) - 1)}, 1);
}

void VisionTransformer::run(const at::Tensor& pixels, LayerTap& tap) const {
  at::Tensor x = embed(pixels);
  for (std::int64_t layer = 0; layer < tap.deepest(); ++layer) {
    if (tap.wants(layer)) tap.keep(layer, x);
    x = layers_[layer](x);
  }
  tap.keep(tap.deepest(), tap.deepest() == layers() ? finish(x, final_norm_) : x);
}

}  // namespace

VisionTransformerConfig read_vision_transformer_config(const Json& config, const std::filesystem::path& path,
                                                       VisionTransformerConfig defaults, const char* activation) {
  const auto number = [&](const char* name, std::int64_t otherwise, std::int64_t highest) {
    const bool silent = config.is_object() && (!config.contains(name) || config.at(name).is_null());
    return !silent ? json_integer(config, name, 1, highest, path) : otherwise;
  };
  const auto divides = [&](const char* divisor, std::int64_t by, const char* name, std::int64_t value) {
    if (value % by == 0) return;
    throw FileError(path, "\"" + std::string(name) + "\" to be a multiple of \"" + divisor + "\"",
                    std::to_string(value) + " and " + std::to_string(by));
  };
  constexpr std::int64_t kWidest = 65536, kLargestSide = 16384, kDeepest = 1000;
  VisionTransformerConfig read = defaults;
  read.image_size = number("image_size", defaults.image_size, kLargestSide);
  read.patch_size = number("patch_size", defaults.patch_size, kLargestSide);
  read.hidden_size = number("hidden_size", defaults.hidden_size, kWidest);
  read.num_hidden_layers = number("num_hidden_layers", defaults.num_hidden_layers, kDeepest);
  read.num_attention_heads = number("num_attention_heads", defaults.num_attention_heads, kWidest);
  if (defaults.intermediate_size > 0) {
    read.intermediate_size = number("intermediate_size", defaults.intermediate_size, kWidest * 8);
  }
  read.qkv_bias = json_field_or(config, "qkv_bias", defaults.qkv_bias, path);
  read.layer_norm_eps = json_field_or(config, "layer_norm_eps", defaults.layer_norm_eps, path);
  read.hidden_act = read_activation(config, "hidden_act", activation, path);
  if (!(read.layer_norm_eps > 0 && read.layer_norm_eps < 1)) {
    throw FileError(path, "\"layer_norm_eps\" between 0 and 1", std::to_string(read.layer_norm_eps));
  }
  divides("num_attention_heads", read.num_attention_heads, "hidden_size", read.hidden_size);
  divides("patch_size", read.patch_size, "image_size", read.image_size);
  const auto channels = json_field_or<std::int64_t>(config, "num_channels", 3, path);
  if (channels != 3) throw FileError(path, "\"num_channels\" to be 3", std::to_string(channels));
  if (config.contains("pruned_heads") && !config["pruned_heads"].empty()) {
    throw FileError(path, "\"pruned_heads\" to be empty", config["pruned_heads"].dump());
  }
  return read;
}

std::unique_ptr<const ImageEncoder> make_vision_transformer(VisionTransformerParts parts, ModelWeights weights) {
  return std::make_unique<VisionTransformer>(std::move(parts), std::move(weights));
}

Linear read_patch_embedding(const ModelWeights& weights, const std::string& name, const VisionTransformerConfig& config,
                            bool bias) {
  const std::int64_t D = config.hidden_size, P = config.patch_size;
  const at::Tensor weight = weights.read(name + ".weight", {D, 3, P, P}).flatten(1);
  return weights.linear(weight, bias ? weights.read(name + ".bias", {D}) : at::zeros({D}, weight.options()));
}

}  // namespace tandem

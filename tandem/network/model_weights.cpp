#include "tandem/network/model_weights.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sum.h>
#include <c10/core/ScalarType.h>

#include <cmath>

#include "tandem/base/errors.h"

namespace tandem {

ModelWeights::ModelWeights(const std::filesystem::path& path, const std::string& prefix,
                           const std::string& witness)
    : file_(SafetensorsFile::open(path)), prefix_(file_.has(prefix + witness) ? prefix : "") {}

at::Tensor ModelWeights::read(const std::string& name, at::IntArrayRef shape) const {
  const at::Tensor stored = file_.tensor(prefix_ + name, shape);
  const at::ScalarType type = stored.scalar_type();
  if (type != at::kFloat && type != at::kHalf && type != at::kBFloat16) {
    throw FileError(file_.path(), "tensor \"" + prefix_ + name + "\" as float32, float16 or bfloat16",
                    c10::toString(type));
  }
  at::Tensor weight = stored.to(at::kFloat);
  // A sum is NaN or infinite where an element is; it is the cheapest look at all of them.
  if (!std::isfinite(weight.sum(at::kDouble).item<double>())) {
    throw FileError(file_.path(), "finite numbers in tensor \"" + prefix_ + name + "\"", "NaN or infinity");
  }
  return weight;
}

Linear ModelWeights::read_linear(const std::string& name, std::int64_t in, std::int64_t out) const {
  return {read(name + ".weight", {out, in}), read(name + ".bias", {out})};
}

LayerNorm ModelWeights::read_norm(const std::string& name, std::int64_t width, double epsilon) const {
  return {read(name + ".weight", {width}), read(name + ".bias", {width}), epsilon};
}

Convolution ModelWeights::read_convolution(const std::string& name, const ConvolutionShape& shape, double epsilon,
                                           const ConvolutionOptions& options) const {
  const auto statistic = [&](const char* part) { return read(name + ".normalization." + part, {shape.out}); };
  const BatchNorm norm{.scale = statistic("weight"),
                       .shift = statistic("bias"),
                       .mean = statistic("running_mean"),
                       .variance = statistic("running_var"),
                       .epsilon = epsilon};
  if ((norm.variance < 0).any().item<bool>()) {
    throw FileError(file_.path(), "no negative numbers in tensor \"" + prefix_ + name + ".normalization.running_var\"", "some");
  }
  return {read(name + ".convolution.weight", {shape.out, shape.in, shape.kernel, shape.kernel}), norm, options};
}

}  // namespace tandem

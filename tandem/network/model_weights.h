// The weights of a frozen encoder, read from model.safetensors by name and shape.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>

#include "tandem/network/convolution.h"
#include "tandem/network/layer_norm.h"
#include "tandem/network/linear.h"
#include "tandem/storage/safetensors.h"

namespace tandem {

struct ConvolutionShape {
  std::int64_t out = 0;
  std::int64_t in = 0;  ///< channels of one group
  std::int64_t kernel = 1;
};

/// Names may carry a prefix that is the same for all ("bert."), as checkpoints of a larger model have it.
class ModelWeights {
 public:
  /// Takes `prefix` to be there if the tensor `prefix + witness` is.
  ModelWeights(const std::filesystem::path& path, const std::string& prefix, const std::string& witness);

  /// float32, contiguous. Stored as float32, float16 or bfloat16. A float32 tensor is a view onto the file's
  /// map. Throws FileError if the tensor is missing, of another shape or type, or holds NaN or infinity.
  at::Tensor read(const std::string& name, at::IntArrayRef shape) const;

  /// NAME.weight [out, in] and NAME.bias [out].
  Linear read_linear(const std::string& name, std::int64_t in, std::int64_t out) const;

  /// NAME.weight and NAME.bias, both [width].
  LayerNorm read_norm(const std::string& name, std::int64_t width, double epsilon) const;

  /// NAME.convolution.weight [out, in, kernel, kernel], and of NAME.normalization weight, bias, running_mean and
  /// running_var, all [out]. Throws FileError also if a running_var is negative.
  Convolution read_convolution(const std::string& name, const ConvolutionShape& shape, double epsilon,
                               const ConvolutionOptions& options) const;

 private:
  SafetensorsFile file_;
  std::string prefix_;
};

}  // namespace tandem

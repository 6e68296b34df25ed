// The weights of a frozen encoder by name and shape, from model.safetensors or from several files
// with an index.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tandem/nn/convolution.h"
#include "tandem/nn/layer_norm.h"
#include "tandem/nn/layer_path.h"
#include "tandem/nn/linear.h"
#include "tandem/nn/precision.h"
#include "tandem/storage/safetensors.h"

namespace tandem {

/// The names of the files with the weights of `path`, in its folder: its own and, if it is an index
/// ("model.safetensors.index.json", {"weight_map": {"TENSOR": "FILE"}}), the files that it names.
/// Throws FileError if the index names none, or one that is not a plain file name.
std::vector<std::string> weight_files(const std::filesystem::path& path);

/// Returns the tensor of that name, float32, or an undefined tensor if there is none.
using WeightLookup = std::function<at::Tensor(const std::string& name)>;

struct ConvolutionShape {
  std::int64_t out = 0;
  std::int64_t in = 0;  ///< channels of one group
  std::int64_t kernel = 1;
};

/// The place of the weights, one file or an index, and what the network computes with.
struct WeightSource {
  WeightSource(std::filesystem::path file, Compute network_compute = {})  // NOLINT: a path is a source.
      : path(std::move(file)), compute(network_compute) {}

  std::filesystem::path path;
  Compute compute;
};

/// The names may have a common prefix ("bert."), as in checkpoints of a larger model.
class ModelWeights {
 public:
  /// Opens the file, or all files if `path` is an index. The prefix is used if the tensor `prefix +
  /// witness` exists.
  /// Throws FileError if a file is missing or broken, or a tensor is not in the file that the index
  /// names.
  ModelWeights(const WeightSource& source, const std::string& prefix, const std::string& witness);

  /// Weights from a function. For layers that are built anew at every pass, so that gradients reach
  /// the tensors from which `lookup` makes the weights. Names have no prefix, layers take the plain
  /// path, and values are not checked.
  ModelWeights(WeightLookup lookup, Precision precision);

  Precision precision() const { return precision_; }

  /// The tensor in float32, as from read() but with any shape; undefined if there is none of that
  /// name.
  at::Tensor find(const std::string& name) const;

  /// The name with its prefix, as in the file.
  std::string stored_name(const std::string& name) const { return prefix_ + name; }

  /// The tensor: float32, contiguous, on the source's device. It may be stored as float32, float16
  /// or bfloat16. A float32 tensor on the CPU is a view of the mapped file.
  /// Throws FileError if the tensor is missing, has another shape or type, or holds NaN or
  /// infinity; c10::ValueError if a lookup returns none or one of another shape.
  at::Tensor read(const std::string& name, at::IntArrayRef shape) const;

  /// NAME.weight [out, in] and NAME.bias [out].
  Linear read_linear(const std::string& name, std::int64_t in, std::int64_t out) const;

  /// Several layers of the same shape stacked into one, whose `out` is the sum of theirs. Without
  /// `bias`, their bias is zero.
  Linear read_stacked_linear(const std::vector<std::string>& names, std::int64_t in, std::int64_t out,
                             bool bias = true) const;

  /// A layer made of weights that were read and then changed.
  Linear linear(const at::Tensor& weight, const at::Tensor& bias) const {
    return {weight, bias, precision_, layer_path_};
  }

  /// NAME.weight and NAME.bias, both [width]; NAME.gamma and NAME.beta in checkpoints converted
  /// from TensorFlow.
  LayerNorm read_norm(const std::string& name, std::int64_t width, double epsilon) const;

  /// NAME.convolution.weight [out, in, kernel, kernel], and weight, bias, running_mean and
  /// running_var of NAME.normalization, all [out].
  /// Throws FileError also if a running_var is negative.
  Convolution read_convolution(const std::string& name, const ConvolutionShape& shape, double epsilon,
                               const ConvolutionOptions& options) const;

 private:
  /// The file that a tensor is in, or should be in; nullptr if there is an index that lacks it.
  const SafetensorsFile* file_of(const std::string& tensor) const;
  bool has(const std::string& tensor) const;
  at::Tensor checked(const SafetensorsFile& file, const std::string& tensor, const at::Tensor& stored) const;

  std::filesystem::path path_;
  Precision precision_;
  c10::Device device_ = c10::kCPU;
  LayerPath layer_path_ = LayerPath::kFastest;
  WeightLookup lookup_;  // empty: the weights come from files
  std::vector<SafetensorsFile> files_;
  std::map<std::string, std::size_t> file_of_tensor_;  // from the index; empty without one
  std::string prefix_;
};

}  // namespace tandem

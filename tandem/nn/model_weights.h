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

/// The names of the files, in the folder of `path`, that the weights at `path` are in: its own, and
/// where it is an index ("model.safetensors.index.json", {"weight_map": {"TENSOR": "FILE"}}) the
/// files it names. Throws FileError if the index names none, or one that is not a file's plain
/// name.
std::vector<std::string> weight_files(const std::filesystem::path& path);

/// Answers with the tensor of that name, float32, or an undefined one where there is none.
using WeightLookup = std::function<at::Tensor(const std::string& name)>;

struct ConvolutionShape {
  std::int64_t out = 0;
  std::int64_t in = 0;  ///< channels of one group
  std::int64_t kernel = 1;
};

/// Where the weights are, in one file or behind an index, and what the network shall compute with.
struct WeightSource {
  WeightSource(std::filesystem::path file, Compute network_compute = {})  // NOLINT: a path is a source.
      : path(std::move(file)), compute(network_compute) {}

  std::filesystem::path path;
  Compute compute;
};

/// Names may carry a prefix that is the same for all ("bert."), as checkpoints of a larger model
/// have it.
class ModelWeights {
 public:
  /// Opens the file, or all files if `path` is an index. Takes `prefix` to be there if the tensor
  /// `prefix + witness` is.
  /// Throws FileError if a file is missing or broken, or a tensor is not in the file that the index
  /// says.
  ModelWeights(const WeightSource& source, const std::string& prefix, const std::string& witness);

  /// Weights that somebody makes: for layers that are built anew at every pass, so that gradients
  /// reach what `lookup` makes its tensors of. No name has a prefix, layers take the plain path,
  /// and values are not looked at.
  ModelWeights(WeightLookup lookup, Precision precision);

  Precision precision() const { return precision_; }

  /// The tensor in float32, as read() gives it but of any shape; undefined if there is none of that
  /// name.
  at::Tensor find(const std::string& name) const;

  /// The name with its prefix, as the file has it.
  std::string stored_name(const std::string& name) const { return prefix_ + name; }

  /// float32, contiguous, on the source's device. Stored as float32, float16 or bfloat16. A float32
  /// tensor on the CPU is a view onto the file's map. Throws FileError if the tensor is missing, of
  /// another shape or type, or holds NaN or infinity; c10::ValueError if a lookup has none or one
  /// of another shape.
  at::Tensor read(const std::string& name, at::IntArrayRef shape) const;

  /// NAME.weight [out, in] and NAME.bias [out].
  Linear read_linear(const std::string& name, std::int64_t in, std::int64_t out) const;

  /// Several of the same shape above each other, as one layer with as many times `out`. Without
  /// `bias` theirs is zero.
  Linear read_stacked_linear(const std::vector<std::string>& names, std::int64_t in, std::int64_t out,
                             bool bias = true) const;

  /// A layer of weights that were read and changed.
  Linear linear(const at::Tensor& weight, const at::Tensor& bias) const {
    return {weight, bias, precision_, layer_path_};
  }

  /// NAME.weight and NAME.bias, both [width]; NAME.gamma and NAME.beta in checkpoints that came
  /// from TensorFlow.
  LayerNorm read_norm(const std::string& name, std::int64_t width, double epsilon) const;

  /// NAME.convolution.weight [out, in, kernel, kernel], and of NAME.normalization weight, bias,
  /// running_mean and running_var, all [out]. Throws FileError also if a running_var is negative.
  Convolution read_convolution(const std::string& name, const ConvolutionShape& shape, double epsilon,
                               const ConvolutionOptions& options) const;

 private:
  /// The file that a tensor is in, or should be in; nullptr if there is an index that does not have
  /// it.
  const SafetensorsFile* file_of(const std::string& tensor) const;
  bool has(const std::string& tensor) const;
  at::Tensor checked(const SafetensorsFile& file, const std::string& tensor, const at::Tensor& stored) const;

  std::filesystem::path path_;
  Precision precision_;
  c10::Device device_ = c10::kCPU;
  LayerPath layer_path_ = LayerPath::kFastest;
  WeightLookup lookup_;  // empty: the files have them
  std::vector<SafetensorsFile> files_;
  std::map<std::string, std::size_t> file_of_tensor_;  // what the index says; empty without one
  std::string prefix_;
};

}  // namespace tandem

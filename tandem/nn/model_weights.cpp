#include "tandem/nn/model_weights.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/zeros.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;
using WeightMap = std::map<std::string, std::string>;

bool is_index(const Path& path) { return path.extension() == ".json"; }

WeightMap read_index(const Path& path) {
  const auto map = json_field<WeightMap>(read_json(path), "weight_map", path);
  if (map.empty()) throw FileError(path, "tensors in \"weight_map\"", "none");
  for (const auto& [tensor, file] : map) {
    // Any other name could lie outside the folder, and would not be copied with it.
    if (!is_plain_name(file) || !file.ends_with(".safetensors")) {
      throw FileError(path, "plain names of .safetensors files in \"weight_map\"",
                      "\"" + file + "\" for \"" + tensor + "\"");
    }
  }
  return map;
}

/// Each file of the map once, in order.
std::vector<std::string> shards_of(const WeightMap& map) {
  std::vector<std::string> shards;
  for (const auto& [tensor, file] : map) shards.push_back(file);
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  return shards;
}

}  // namespace

std::vector<std::string> weight_files(const Path& path) {
  std::vector<std::string> names{path.filename().string()};
  if (!is_index(path)) return names;
  const std::vector<std::string> shards = shards_of(read_index(path));
  names.insert(names.end(), shards.begin(), shards.end());
  return names;
}

ModelWeights::ModelWeights(const WeightSource& source, const std::string& prefix, const std::string& witness)
    : path_(source.path), precision_(source.compute.precision), device_(source.compute.device) {
  const Path& path = path_;
  if (!is_index(path)) {
    files_.push_back(SafetensorsFile::open(path));
  } else {
    const WeightMap map = read_index(path);
    const std::vector<std::string> shards = shards_of(map);
    for (const std::string& shard : shards) files_.push_back(SafetensorsFile::open(path.parent_path() / shard));
    for (const auto& [tensor, shard] : map) {
      const std::size_t file = std::lower_bound(shards.begin(), shards.end(), shard) - shards.begin();
      if (!files_[file].has(tensor))
        throw FileError(path, "tensor \"" + tensor + "\" in \"" + shard + "\"", "none of that name");
      file_of_tensor_.emplace(tensor, file);
    }
  }
  if (has(prefix + witness)) prefix_ = prefix;
}

ModelWeights::ModelWeights(WeightLookup lookup, Precision precision)
    : precision_(precision), layer_path_(LayerPath::kPlain), lookup_(std::move(lookup)) {}

const SafetensorsFile* ModelWeights::file_of(const std::string& tensor) const {
  if (!is_index(path_)) return &files_.front();
  const auto found = file_of_tensor_.find(tensor);
  return found == file_of_tensor_.end() ? nullptr : &files_[found->second];
}

bool ModelWeights::has(const std::string& tensor) const {
  if (lookup_) return lookup_(tensor).defined();
  const SafetensorsFile* file = file_of(tensor);
  return file != nullptr && file->has(tensor);
}

at::Tensor ModelWeights::find(const std::string& name) const {
  if (lookup_) return lookup_(name);
  const std::string stored = prefix_ + name;
  return has(stored) ? checked(*file_of(stored), stored, file_of(stored)->tensor(stored)) : at::Tensor();
}

at::Tensor ModelWeights::read(const std::string& name, at::IntArrayRef shape) const {
  if (lookup_) {
    at::Tensor made = lookup_(name);
    TORCH_CHECK_VALUE(made.defined() && made.sizes() == shape, "ModelWeights: \"", name, "\" must be ", shape, ", got ",
                      shape_text(made));
    return made;
  }
  const SafetensorsFile* file = file_of(prefix_ + name);
  if (file == nullptr) {
    throw FileError(path_, "a tensor \"" + prefix_ + name + "\" in \"weight_map\"",
                    "none among its " + std::to_string(file_of_tensor_.size()));
  }
  return checked(*file, prefix_ + name, file->tensor(prefix_ + name, shape));
}

at::Tensor ModelWeights::checked(const SafetensorsFile& file, const std::string& tensor,
                                 const at::Tensor& stored) const {
  const at::ScalarType type = stored.scalar_type();
  if (type != at::kFloat && type != at::kHalf && type != at::kBFloat16) {
    throw FileError(file.path(), "tensor \"" + tensor + "\" as float32, float16 or bfloat16", c10::toString(type));
  }
  at::Tensor weight = stored.to(at::kFloat);
  // A sum is NaN or infinite if an element is; this is the cheapest check of all elements.
  if (!std::isfinite(weight.sum(at::kDouble).item<double>())) {
    throw FileError(file.path(), "finite numbers in tensor \"" + tensor + "\"", "NaN or infinity");
  }
  return weight.to(device_);
}

Linear ModelWeights::read_linear(const std::string& name, std::int64_t in, std::int64_t out) const {
  const at::Tensor weight = read(name + ".weight", {out, in});  // First, because it is the more helpful message.
  return linear(weight, read(name + ".bias", {out}));
}

Linear ModelWeights::read_stacked_linear(const std::vector<std::string>& names, std::int64_t in, std::int64_t out,
                                         bool bias) const {
  std::vector<at::Tensor> weights, biases;
  for (const std::string& name : names) {
    weights.push_back(read(name + ".weight", {out, in}));
    biases.push_back(bias ? read(name + ".bias", {out}) : at::zeros({out}, weights.back().options()));
  }
  return linear(at::cat(weights), at::cat(biases));
}

LayerNorm ModelWeights::read_norm(const std::string& name, std::int64_t width, double epsilon) const {
  const bool old_names = !has(prefix_ + name + ".weight") && has(prefix_ + name + ".gamma");
  return {read(name + (old_names ? ".gamma" : ".weight"), {width}),
          read(name + (old_names ? ".beta" : ".bias"), {width}), epsilon};
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
    const std::string tensor = prefix_ + name + ".normalization.running_var";
    throw FileError(file_of(tensor)->path(), "no negative numbers in tensor \"" + tensor + "\"", "some");
  }
  return {read(name + ".convolution.weight", {shape.out, shape.in, shape.kernel, shape.kernel}), norm, options,
          precision_};
}

}  // namespace tandem

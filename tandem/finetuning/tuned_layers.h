// The last layers of a transformer with weights that are trained: all of them, or low-rank changes
// of the linear maps (LoRA: Hu et al. 2021, arXiv:2106.09685, section 4.1).
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tandem/encoders/transformer_layers.h"

namespace tandem {

enum class LowRankTargets {
  kQueryValue,  ///< as the paper found best for a given number of parameters
  kAllLinear,   ///< every linear map of a layer
};

/// "query-value", "all".
std::string_view low_rank_targets_name(LowRankTargets targets);
std::optional<LowRankTargets> low_rank_targets_named(std::string_view name);

struct TuningOptions {
  std::int64_t layers = 0;  ///< how many are trained, counted back from the deepest that is used; 0: all
  std::int64_t rank = 0;    ///< of LoRA's matrices; 0: the weights themselves are trained
  double alpha = 0;         ///< LoRA's change is multiplied by alpha / rank; 0: by 1
  LowRankTargets targets = LowRankTargets::kQueryValue;
  Precision precision = Precision::kFloat32;  ///< of the products; trained weights and their gradients are float32
};

class TunedLayers {
 public:
  using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

  ///   layers  outlives this
  ///   last    the deepest layer that is used, from 1; options.layers is at most that
  ///   chance  of the CPU; draws LoRA's first matrices; the second ones are zero, so that training
  ///           begins with the frozen network
  TunedLayers(const TransformerLayers& layers, std::int64_t last, const TuningOptions& options, at::Generator& chance);

  /// The layer whose frozen output goes in: 0 where all are trained.
  std::int64_t first() const { return first_; }
  std::int64_t last() const { return last_; }
  /// D
  std::int64_t width() const { return width_; }
  const TuningOptions& options() const { return options_; }
  /// That of the encoder's weights; what is trained, and what goes in and out, is there too.
  c10::Device device() const { return frozen_.begin()->second.device(); }

  /// What is trained, float32 leaves, by name: "encoder.layer.5.output.dense.weight"; of LoRA
  /// "....query.lora_A.weight" [r, in] and "....lora_B.weight" [out, r].
  const NamedTensors& trained() const { return trained_; }

  /// The layers first() + 1 to last().
  ///
  ///   x     [B, T, D]  float32, the output of layer first()
  ///   mask  [B, T]     bool, true where a token is
  ///
  /// Returns their outputs, [B, T, D] float32; where gradients are on, differentiable in what is
  /// trained.
  std::vector<at::Tensor> run(const at::Tensor& x, const at::Tensor& mask) const;

  /// Adds to the gradients of what is trained, for `output_gradients` as run() has its outputs
  /// (undefined: zero). Only one layer's activations are in memory at a time, for which every layer
  /// is computed twice (Chen et al. 2016, arXiv:1604.06174, with every layer a segment).
  ///
  ///   outputs  of run(), without gradients
  void run_back(const at::Tensor& x, const at::Tensor& mask, const std::vector<at::Tensor>& outputs,
                const std::vector<at::Tensor>& output_gradients) const;

  /// The name as the encoder's file has it, with its prefix.
  std::string stored_name(const std::string& name) const { return layers_.stored_weights().stored_name(name); }

  /// The weights of the layers as they are now, float32, under the names the encoder's file has
  /// them.
  NamedTensors merged() const;

 private:
  at::Tensor weight(const std::string& name) const;
  ModelWeights weights() const;
  void find_names();
  void add_low_rank(const std::string& linear, at::Generator& chance);

  const TransformerLayers& layers_;
  TuningOptions options_;
  std::int64_t first_, last_, width_ = 0;
  std::map<std::string, at::Tensor> frozen_;  // every weight of the layers, as it was read
  NamedTensors trained_;
  std::map<std::string, std::size_t> place_;  // in trained_
};

}  // namespace tandem

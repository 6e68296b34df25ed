// From a frozen encoder's features to the shared space: scale, pool views, project, unit length.
// The residual MLP follows FuseMix (Vouitsis et al. 2024, arXiv:2312.10144, section 4) with
// pre-normalised blocks; the gated linear unit (Shazeer 2020, arXiv:2002.05202, SwiGLU) is what
// SAIL aligns with (Zhang et al. 2025, arXiv:2412.04616).
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tandem/heads/feature_statistics.h"
#include "tandem/heads/head_options.h"
#include "tandem/heads/row_chance.h"

namespace tandem {

/// A head's tensors under the names they have in a run's file, trainable ones apart from measured
/// ones.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// One side's trainable projection. Copies share their tensors.
class ProjectionHead {
 public:
  /// Fresh weights drawn from `chance`: Kaiming-uniform layers, zero biases, the last layer of each
  /// block at zero so that a block begins as the identity, and pooling as the mean. `statistics` as
  /// measure_features has them for these options; the head is where they are. `chance` is of the
  /// CPU.
  ProjectionHead(const HeadOptions& options, const FeatureStatistics& statistics, at::Generator chance);

  /// A head with the given weights, as tensors() names them. Throws c10::ValueError if one is
  /// missing or misshapen.
  ProjectionHead(const HeadOptions& options, const NamedTensors& tensors);

  ///   features  [B, F]  as the encoder gave them
  /// Returns [B, D], rows of unit length. Without `training_chance` nothing is random; with it,
  /// noise and dropout are on, and a row's are the same whichever rows it is embedded with.
  at::Tensor embed(const at::Tensor& features, std::optional<RowChance> training_chance = std::nullopt) const;

  /// What the optimiser changes.
  std::vector<at::Tensor> parameters() const;
  /// Everything, statistics included.
  const NamedTensors& tensors() const { return tensors_; }
  /// A copy that later training does not change.
  ProjectionHead snapshot() const;
  /// A copy that can be trained on its own.
  ProjectionHead trainable_copy() const;
  /// This head on the device: itself where it is there already, else a copy.
  ProjectionHead on(c10::Device device) const;

  c10::Device device() const { return tensor("mean").device(); }

  /// What was measured of the training features.
  FeatureStatistics statistics() const;

  const HeadOptions& options() const { return options_; }
  std::int64_t feature_width() const { return tensor("mean").size(0); }

 private:
  void check_tensors() const;
  const at::Tensor& tensor(const std::string& name) const;
  at::Tensor input(const at::Tensor& features, const std::optional<RowChance>& chance) const;
  at::Tensor pooled(const at::Tensor& x, const at::Tensor& features) const;
  at::Tensor hidden_layers(at::Tensor x, const std::optional<RowChance>& chance) const;

  HeadOptions options_;
  NamedTensors tensors_;
};

/// Every row through the head, some thousands at a time, without gradients or chance.
///
///   features  [N, F]  on any device
/// Returns [N, D], rows of unit length, on the CPU.
at::Tensor embed_all(const ProjectionHead& head, const at::Tensor& features);

}  // namespace tandem

// Maps a frozen encoder's features to the shared space: scale, pool views, project, normalise to
// unit length. The residual MLP follows FuseMix (Vouitsis et al. 2024, arXiv:2312.10144, section 4)
// with pre-normalised blocks. The gated linear unit (Shazeer 2020, arXiv:2002.05202, SwiGLU) is the
// alignment layer of SAIL (Zhang et al. 2025, arXiv:2412.04616).
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

/// A head's tensors with the names they have in a run's file; trainable ones have other names than
/// measured ones.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// One side's trainable projection. Copies share their tensors.
class ProjectionHead {
 public:
  /// New weights drawn from `chance`, a generator of the CPU: Kaiming-uniform layers and zero
  /// biases. The last layer of each block is zero, so that a block begins as the identity, and
  /// pooling begins as the mean. `statistics` are those of measure_features for these options; the
  /// head is on their device.
  ProjectionHead(const HeadOptions& options, const FeatureStatistics& statistics, at::Generator chance);

  /// A head with the given weights, named as in tensors(). Throws c10::ValueError if one is missing
  /// or has another shape.
  ProjectionHead(const HeadOptions& options, const NamedTensors& tensors);

  ///   features  [B, F]  as from the encoder
  ///
  /// Returns [B, D], rows of unit length. Without `training_chance` nothing is random. With it,
  /// noise and dropout are on; those of a row do not depend on the other rows in the call.
  at::Tensor embed(const at::Tensor& features, std::optional<RowChance> training_chance = std::nullopt) const;

  /// The tensors that the optimiser changes.
  std::vector<at::Tensor> parameters() const;
  /// All tensors, statistics included.
  const NamedTensors& tensors() const { return tensors_; }
  /// A copy that later training does not change.
  ProjectionHead snapshot() const;
  /// A copy that can be trained on its own.
  ProjectionHead trainable_copy() const;
  /// This head on the device: itself if it is already there, else a copy.
  ProjectionHead on(c10::Device device) const;

  c10::Device device() const { return tensor("mean").device(); }

  /// The statistics of the training features.
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

/// Applies the head to every row, some thousands at a time, without gradients and without
/// randomness.
///
///   features  [N, F]  on any device
///
/// Returns [N, D], rows of unit length, on the CPU.
at::Tensor embed_all(const ProjectionHead& head, const at::Tensor& features);

}  // namespace tandem

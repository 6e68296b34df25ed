// From a frozen encoder's features to the shared space: standardise, project, unit length.
// The residual MLP follows FuseMix (Vouitsis et al. 2024, arXiv:2312.10144, section 4) with pre-normalised blocks.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tandem {

enum class HeadKind { kLinear, kMlp };

struct HeadOptions {
  HeadKind kind = HeadKind::kMlp;
  std::int64_t embedding_width = 512;  ///< D, the width of the shared space
  std::int64_t hidden_width = 1024;    ///< width between the layers of the MLP
  std::int64_t blocks = 0;             ///< residual blocks of the MLP; 0 leaves LayerNorm and GELU between two layers
  double dropout = 0.6;                ///< share of hidden values dropped while training; 0 turns it off
  double feature_noise = 0.75;         ///< deviation of the noise added to standardised features while training; 0: off
};

/// A head's tensors under the names they have in a run's file, trainable ones apart from measured ones.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

/// Per-column mean and deviation of the training features; travels inside the head.
struct FeatureStatistics {
  at::Tensor mean;       ///< [F]
  at::Tensor deviation;  ///< [F], positive; columns that never vary get 1
};

///   features  [N, F]  N at least 1
/// Throws c10::ValueError if N is 0 or a value is not finite.
FeatureStatistics measure_features(const at::Tensor& features);

/// One side's trainable projection. Copies share their tensors.
class ProjectionHead {
 public:
  /// Fresh weights drawn from `chance`: Kaiming-uniform layers, zero biases, the last layer of each block at zero so that
  /// a block begins as the identity.
  ProjectionHead(const HeadOptions& options, FeatureStatistics statistics, at::Generator chance);

  /// A head with the given weights, as tensors() names them. Throws c10::ValueError if one is missing or misshapen.
  ProjectionHead(const HeadOptions& options, const NamedTensors& tensors);

  ///   features  [B, F]  as the encoder gave them
  /// Returns [B, D], rows of unit length. Without `training_chance` nothing is random; with it, noise and dropout are on.
  at::Tensor embed(const at::Tensor& features, std::optional<at::Generator> training_chance = std::nullopt) const;

  /// What the optimiser changes.
  std::vector<at::Tensor> parameters() const;
  /// Everything, statistics included.
  const NamedTensors& tensors() const { return tensors_; }
  /// A copy that later training does not change.
  ProjectionHead snapshot() const;

  const HeadOptions& options() const { return options_; }
  std::int64_t feature_width() const { return tensor("mean").size(0); }

 private:
  const at::Tensor& tensor(const std::string& name) const;
  at::Tensor hidden_layers(at::Tensor x, std::optional<at::Generator>& chance) const;

  HeadOptions options_;
  NamedTensors tensors_;
};

/// Every row through the head, some thousands at a time, without gradients or chance.
///
///   features  [N, F]
/// Returns [N, D], rows of unit length.
at::Tensor embed_all(const ProjectionHead& head, const at::Tensor& features);

}  // namespace tandem

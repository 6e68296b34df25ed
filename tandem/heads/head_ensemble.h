// One or several heads of a side that were trained separately and are used as one. Their embeddings
// are concatenated, so that a cosine similarity is the mean, optionally weighted, of the members'
// similarities (deep ensembles: Lakshminarayanan et al. 2017, arXiv:1612.01474, section 2.4, for
// similarities instead of probabilities).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tandem/heads/projection_head.h"

namespace tandem {

class HeadEnsemble {
 public:
  /// A single head.
  HeadEnsemble(ProjectionHead only);  // NOLINT(google-explicit-constructor): a head is an ensemble of itself.

  ///   weights  of the members' similarities, one per member, above 0; only their ratios matter.
  ///            Empty: all equal
  ///
  /// Throws c10::ValueError if there is no member, members take features of different widths, or
  /// the weights do not fit.
  explicit HeadEnsemble(std::vector<ProjectionHead> members, std::vector<double> weights = {});

  const std::vector<ProjectionHead>& members() const { return members_; }
  /// Weights of the members' similarities; they sum to 1.
  const std::vector<double>& weights() const { return weights_; }
  std::int64_t count() const { return static_cast<std::int64_t>(members_.size()); }
  /// The number of columns of an embedding: those of all members together.
  std::int64_t embedding_width() const;

  /// The single member. Throws c10::ValueError, naming `caller`, if there are several.
  const ProjectionHead& only(const char* caller) const;

 private:
  std::vector<ProjectionHead> members_;
  std::vector<double> weights_;
};

/// embed_all for every member; each member's columns are multiplied by the square root of its
/// weight.
///
///   features  [N, F]
///
/// Returns [N, embedding_width()], rows of unit length, on the CPU.
at::Tensor embed_all(const HeadEnsemble& heads, const at::Tensor& features);

}  // namespace tandem

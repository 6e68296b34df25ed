#include "tandem/heads/head_ensemble.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <numeric>
#include <utility>

namespace tandem {

HeadEnsemble::HeadEnsemble(ProjectionHead only) : weights_{1} { members_.push_back(std::move(only)); }

HeadEnsemble::HeadEnsemble(std::vector<ProjectionHead> members, std::vector<double> weights)
    : members_(std::move(members)), weights_(std::move(weights)) {
  TORCH_CHECK_VALUE(!members_.empty(), "HeadEnsemble: a head at least was needed, got none");
  for (const ProjectionHead& member : members_) {
    TORCH_CHECK_VALUE(member.feature_width() == members_.front().feature_width(),
                      "HeadEnsemble: members must take the same features, got widths of ",
                      members_.front().feature_width(), " and ", member.feature_width());
  }
  if (weights_.empty()) weights_.assign(members_.size(), 1);
  TORCH_CHECK_VALUE(weights_.size() == members_.size(), "HeadEnsemble: a weight for each of ", members_.size(),
                    " members was needed, got ", weights_.size());
  for (const double weight : weights_)
    TORCH_CHECK_VALUE(std::isfinite(weight) && weight > 0, "HeadEnsemble: weights must be above 0, got ", weight);
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& weight : weights_) weight /= sum;
}

std::int64_t HeadEnsemble::embedding_width() const {
  std::int64_t width = 0;
  for (const ProjectionHead& member : members_) width += member.options().embedding_width;
  return width;
}

const ProjectionHead& HeadEnsemble::only(const char* caller) const {
  TORCH_CHECK_VALUE(members_.size() == 1, caller, ": a run of one pair of heads was needed, got an ensemble of ",
                    members_.size());
  return members_.front();
}

at::Tensor embed_all(const HeadEnsemble& heads, const at::Tensor& features) {
  if (heads.count() == 1) return embed_all(heads.members().front(), features);
  at::Tensor embeddings = at::empty({features.size(0), heads.embedding_width()});
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < heads.members().size(); ++i) {
    const ProjectionHead& member = heads.members()[i];
    const std::int64_t width = member.options().embedding_width;
    embeddings.narrow(1, begin, width).copy_(embed_all(member, features).mul_(std::sqrt(heads.weights()[i])));
    begin += width;
  }
  return embeddings;
}

}  // namespace tandem

#include "tandem/heads/head_ensemble.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <cmath>
#include <utility>

namespace tandem {

HeadEnsemble::HeadEnsemble(ProjectionHead only) { members_.push_back(std::move(only)); }

HeadEnsemble::HeadEnsemble(std::vector<ProjectionHead> members) : members_(std::move(members)) {
  TORCH_CHECK_VALUE(!members_.empty(), "HeadEnsemble: a head at least was needed, got none");
  for (const ProjectionHead& member : members_) {
    TORCH_CHECK_VALUE(member.feature_width() == members_.front().feature_width(), "HeadEnsemble: members must take the same features, got widths of ",
                      members_.front().feature_width(), " and ", member.feature_width());
  }
}

std::int64_t HeadEnsemble::embedding_width() const {
  std::int64_t width = 0;
  for (const ProjectionHead& member : members_) width += member.options().embedding_width;
  return width;
}

const ProjectionHead& HeadEnsemble::only(const char* caller) const {
  TORCH_CHECK_VALUE(members_.size() == 1, caller, ": a run of one pair of heads was needed, got an ensemble of ", members_.size());
  return members_.front();
}

at::Tensor embed_all(const HeadEnsemble& heads, const at::Tensor& features) {
  if (heads.count() == 1) return embed_all(heads.members().front(), features);
  at::Tensor embeddings = at::empty({features.size(0), heads.embedding_width()});
  const double share = 1 / std::sqrt(static_cast<double>(heads.count()));
  std::int64_t begin = 0;
  for (const ProjectionHead& member : heads.members()) {
    const std::int64_t width = member.options().embedding_width;
    embeddings.narrow(1, begin, width).copy_(embed_all(member, features).mul_(share));
    begin += width;
  }
  return embeddings;
}

}  // namespace tandem

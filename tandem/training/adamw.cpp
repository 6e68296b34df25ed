#include "tandem/training/adamw.h"

#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

namespace tandem {

AdamW::AdamW(std::vector<at::Tensor> parameters, const AdamWOptions& options) : options_(options) {
  groups_ = {{.weight_decay = options.weight_decay}, {.weight_decay = 0}};
  for (at::Tensor& parameter : parameters) {
    TORCH_CHECK_VALUE(parameter.is_leaf() && parameter.requires_grad(), "AdamW: parameters must be leaves that require gradients");
    Group& group = groups_[parameter.dim() > 1 ? 0 : 1];
    group.first_moments.push_back(at::zeros_like(parameter, at::MemoryFormat::Contiguous).detach());
    group.second_moments.push_back(at::zeros_like(parameter, at::MemoryFormat::Contiguous).detach());
    group.steps.push_back(at::zeros({}, at::kFloat));
    group.parameters.push_back(std::move(parameter));
  }
}

void AdamW::zero_grad() {
  for (Group& group : groups_) {
    for (at::Tensor& parameter : group.parameters) parameter.mutable_grad().reset();
  }
}

std::vector<std::pair<std::string, at::Tensor>> AdamW::memory() const {
  std::vector<std::pair<std::string, at::Tensor>> all;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    for (std::size_t i = 0; i < groups_[g].parameters.size(); ++i) {
      const std::string place = std::to_string(g) + "." + std::to_string(i) + ".";
      all.emplace_back(place + "first_moment", groups_[g].first_moments[i]);
      all.emplace_back(place + "second_moment", groups_[g].second_moments[i]);
      all.emplace_back(place + "step", groups_[g].steps[i]);
    }
  }
  return all;
}

void AdamW::step(double learning_rate) {
  const at::NoGradGuard no_gradient;
  for (Group& group : groups_) {
    if (group.parameters.empty()) continue;
    std::vector<at::Tensor> gradients;
    for (const at::Tensor& parameter : group.parameters) {
      TORCH_CHECK_VALUE(parameter.grad().defined(), "AdamW: every parameter must have a gradient");
      gradients.push_back(parameter.grad());
    }
    for (at::Tensor& step : group.steps) step.add_(1);
    at::_fused_adamw_(group.parameters, gradients, group.first_moments, group.second_moments, /*max_exp_avg_sqs=*/{}, group.steps,
                      learning_rate, options_.beta1, options_.beta2, group.weight_decay, options_.epsilon, /*amsgrad=*/false,
                      /*maximize=*/false);
  }
}

}  // namespace tandem

#include "tandem/training/optimizer.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include "tandem/base/vector_clones.h"

namespace tandem {
namespace {

constexpr double kAdamBeta1 = 0.9, kAdamBeta2 = 0.999, kAdamEpsilon = 1e-8;
constexpr float kLionBeta1 = 0.9F, kLionBeta2 = 0.99F;

TANDEM_VECTOR_CLONES void lion_part(float* parameter, const float* gradient, float* moment, std::int64_t count,
                                    float rate, float shrink) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float direction = kLionBeta1 * moment[i] + (1 - kLionBeta1) * gradient[i];
    const float sign = static_cast<float>(direction > 0) - static_cast<float>(direction < 0);
    parameter[i] = parameter[i] * shrink - rate * sign;
    moment[i] = kLionBeta2 * moment[i] + (1 - kLionBeta2) * gradient[i];
  }
}

void lion_step(const at::Tensor& parameter, const at::Tensor& gradient, const at::Tensor& moment, double rate,
               double weight_decay) {
  if (!parameter.is_cpu()) {
    const at::Tensor direction = (moment * kLionBeta1).add_(gradient, 1 - kLionBeta1);
    parameter.mul_(1 - rate * weight_decay).sub_(direction.sign_(), rate);
    moment.mul_(kLionBeta2).add_(gradient, 1 - kLionBeta2);
    return;
  }
  const at::Tensor dense = gradient.contiguous();
  float* values = parameter.data_ptr<float>();
  const float* slopes = dense.const_data_ptr<float>();
  float* moments = moment.data_ptr<float>();
  const auto shrink = static_cast<float>(1 - rate * weight_decay);
  at::parallel_for(0, parameter.numel(), 1 << 15, [&](std::int64_t begin, std::int64_t end) {
    lion_part(values + begin, slopes + begin, moments + begin, end - begin, static_cast<float>(rate), shrink);
  });
}

}  // namespace

std::string_view optimizer_name(OptimizerKind kind) { return kind == OptimizerKind::kAdamW ? "adamw" : "lion"; }

std::optional<OptimizerKind> optimizer_named(std::string_view name) {
  for (const OptimizerKind kind : {OptimizerKind::kAdamW, OptimizerKind::kLion}) {
    if (name == optimizer_name(kind)) return kind;
  }
  return std::nullopt;
}

Optimizer::Optimizer(std::vector<at::Tensor> parameters, const OptimizerOptions& options) : kind_(options.kind) {
  groups_ = {{.weight_decay = options.weight_decay}, {.weight_decay = 0}};
  for (at::Tensor& parameter : parameters) {
    TORCH_CHECK_VALUE(parameter.is_leaf() && parameter.requires_grad(),
                      "Optimizer: parameters must be leaves that require gradients");
    TORCH_CHECK_VALUE(parameter.is_contiguous() && parameter.scalar_type() == at::kFloat,
                      "Optimizer: parameters must be contiguous float32");
    Group& group = groups_[parameter.dim() > 1 ? 0 : 1];
    group.first_moments.push_back(at::zeros_like(parameter, at::MemoryFormat::Contiguous).detach());
    if (kind_ == OptimizerKind::kAdamW) {
      group.second_moments.push_back(at::zeros_like(parameter, at::MemoryFormat::Contiguous).detach());
      group.steps.push_back(at::zeros({}, parameter.options().requires_grad(false)));
    }
    group.parameters.push_back(std::move(parameter));
  }
}

void Optimizer::zero_grad() {
  for (Group& group : groups_) {
    for (at::Tensor& parameter : group.parameters) parameter.mutable_grad().reset();
  }
}

void Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_gradient;
  for (Group& group : groups_) {
    if (group.parameters.empty()) continue;
    std::vector<at::Tensor> gradients;
    for (const at::Tensor& parameter : group.parameters) {
      TORCH_CHECK_VALUE(parameter.grad().defined(), "Optimizer: every parameter must have a gradient");
      gradients.push_back(parameter.grad());
    }
    if (kind_ == OptimizerKind::kLion) {
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        lion_step(group.parameters[i], gradients[i], group.first_moments[i], learning_rate, group.weight_decay);
      }
      continue;
    }
    for (at::Tensor& step : group.steps) step.add_(1);
    at::_fused_adamw_(group.parameters, gradients, group.first_moments, group.second_moments, /*max_exp_avg_sqs=*/{},
                      group.steps, learning_rate, kAdamBeta1, kAdamBeta2, group.weight_decay, kAdamEpsilon,
                      /*amsgrad=*/false, /*maximize=*/false);
  }
}

std::vector<std::pair<std::string, at::Tensor>> Optimizer::memory() const {
  std::vector<std::pair<std::string, at::Tensor>> all;
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const std::string prefix = g == 0 ? "matrix" : "vector";
    for (std::size_t i = 0; i < groups_[g].parameters.size(); ++i) {
      const std::string name = prefix + std::to_string(i);
      all.emplace_back(name + ".first_moment", groups_[g].first_moments[i]);
      if (kind_ == OptimizerKind::kLion) continue;
      all.emplace_back(name + ".second_moment", groups_[g].second_moments[i]);
      all.emplace_back(name + ".steps", groups_[g].steps[i]);
    }
  }
  return all;
}

}  // namespace tandem

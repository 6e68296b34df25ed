// What turns gradients into steps: AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2)
// by LibTorch's fused kernel, and Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2). Either is
// one pass over the memory.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tandem {

enum class OptimizerKind {
  kAdamW,
  kLion  ///< steps of one size: wants a learning rate 3 to 10 times smaller, and a weight decay as much larger
};

/// "adamw", "lion".
std::string_view optimizer_name(OptimizerKind kind);
std::optional<OptimizerKind> optimizer_named(std::string_view name);

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kAdamW;
  double weight_decay = 0.01;  ///< on matrices alone: biases, norms and the temperature have no reason to shrink
};

class Optimizer {
 public:
  /// `parameters` are float32 leaves that require gradients.
  Optimizer(std::vector<at::Tensor> parameters, const OptimizerOptions& options);

  void zero_grad();

  /// One step along the gradients. Throws c10::ValueError if a parameter has none.
  void step(double learning_rate);

  /// What it remembers between steps, under names; writing into these tensors goes back to a moment
  /// of the past.
  std::vector<std::pair<std::string, at::Tensor>> memory() const;

 private:
  /// Parameters that share a weight decay, with their moments.
  struct Group {
    double weight_decay = 0;
    std::vector<at::Tensor> parameters, first_moments, second_moments, steps;
  };

  OptimizerKind kind_;
  std::vector<Group> groups_;
};

}  // namespace tandem

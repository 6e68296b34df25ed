// AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2) by LibTorch's fused kernel: one pass over the memory
// where torch::optim::AdamW takes a dozen.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

namespace tandem {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;  ///< on matrices alone: biases, norms and the temperature have no reason to shrink
};

class AdamW {
 public:
  /// `parameters` are float32 leaves that require gradients.
  AdamW(std::vector<at::Tensor> parameters, const AdamWOptions& options);

  void zero_grad();

  /// One step along the gradients. Throws c10::ValueError if a parameter has none.
  void step(double learning_rate);

  /// What it remembers between steps, under names; writing into these tensors goes back to a moment of the past.
  std::vector<std::pair<std::string, at::Tensor>> memory() const;

 private:
  /// Parameters that share a weight decay, with their moments.
  struct Group {
    double weight_decay = 0;
    std::vector<at::Tensor> parameters, first_moments, second_moments, steps;
  };

  AdamWOptions options_;
  std::vector<Group> groups_;
};

}  // namespace tandem

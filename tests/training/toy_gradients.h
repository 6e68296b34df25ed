// The gradients of the first step on toy pairs, by however many processes; on the CPU, wherever
// they were found.
#pragma once

#include <ATen/ops/full.h>

#include "tandem/storage/safetensors.h"
#include "tandem/training/training_step.h"
#include "training/toy_pairs.h"

namespace tandem::tests {

inline NamedTensors gradients_with(const TrainOptions& options, const Peers& peers = {}) {
  const TrainingPairs pairs = training_pairs(toy_pairs(80, 5), options);
  TrainingState state = fresh_state(pairs, options);
  const double loss =
      loss_and_gradients(state, pairs, epoch_order(pairs, options, 1).narrow(0, 0, pairs.batch_size), options, peers);
  NamedTensors found = {{"loss", at::full({1}, loss, at::kFloat)}};
  if (state.log_scale.grad().defined()) found.emplace_back("log_scale", state.log_scale.grad().view({1}).cpu());
  for (const auto& [side, head] : {std::pair("image.", &state.image), std::pair("text.", &state.text)}) {
    for (const auto& [name, tensor] : head->tensors()) {
      if (tensor.grad().defined()) found.emplace_back(side + name, tensor.grad().contiguous().cpu());
    }
  }
  return found;
}

/// Those of the step that several processes take.
inline TrainOptions toy_step_options(c10::Device device = c10::kCPU) {
  TrainOptions options = toy_options();
  options.batch_size = 101;  // divides by neither two nor three
  options.chunk_size = 16;
  options.image_head.blocks = options.text_head.blocks = 0;  // the layers inside of a fresh block have no gradient
  options.device = device;
  return options;
}

}  // namespace tandem::tests

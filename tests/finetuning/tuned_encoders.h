// The small encoders of tests/reference/encoders, ready to be trained.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/sin.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "encoders/picture_formula.h"
#include "tandem/encoders/model_folder.h"
#include "tandem/encoders/transformer_layers.h"
#include "tandem/finetuning/tuned_layers.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

namespace tandem::tests {

inline const std::vector<std::string> kTextFamilies = {"bert", "distilbert", "roberta", "mpnet", "clip"};
inline const std::vector<std::string> kImageFamilies = {
    "vit", "deit", "dinov2", "dinov2_swiglu", "dinov2_registers", "clip_vision"};

inline std::filesystem::path tiny_encoder(const std::string& family) {
  return reference_dir() / "encoders" / ("tiny_" + family);
}

/// An encoder with a batch, and the states of all its layers by the frozen path.
struct TinyEncoder {
  std::string family;
  TextTower text;
  ImageTower image;
  const TransformerLayers* layers = nullptr;
  at::Tensor mask;                 ///< [B, T], on the CPU
  std::vector<at::Tensor> states;  ///< [B, T, D] of every layer, the embeddings first

  explicit TinyEncoder(const std::string& name, Compute compute = {}) : family(name) {
    if (std::find(kTextFamilies.begin(), kTextFamilies.end(), name) != kTextFamilies.end()) {
      text = open_text_tower(tiny_encoder(name), compute);
      layers = transformer_layers(*text.encoder);
      const SafetensorsFile batch =
          SafetensorsFile::open(reference_dir() / "encoders" / ("tiny_" + name + "_states.safetensors"));
      mask = batch.tensor("mask").to(at::kBool);
      states = text.encoder->hidden_states(batch.tensor("ids").to(compute.device), mask.to(compute.device));
    } else {
      image = open_image_tower(tiny_encoder(name), compute);
      layers = transformer_layers(*image.encoder);
      std::vector<std::int64_t> all;
      for (std::int64_t layer = 0; layer <= image.encoder->layers(); ++layer) all.push_back(layer);
      states = image.encoder->states(formula_pixels(2, 16, 16).to(compute.device), all);
      mask = at::ones({2, states[0].size(1)}, at::kBool);
    }
    for (at::Tensor& state : states) state = state.detach();
  }

  TunedLayers tuned(const TuningOptions& options, std::uint64_t seed = 1) const {
    at::Generator chance = at::detail::createCPUGenerator(seed);
    return {*layers, layers->layer_count(), options, chance};
  }

  /// Largest difference over true tokens.
  double difference(const at::Tensor& a, const at::Tensor& b) const {
    return ((a - b).abs() * mask.unsqueeze(2)).max().item<double>();
  }
};

/// sin(b + 2 t + 3 d) on true tokens: what the reference's loss multiplies the states with.
inline at::Tensor direction(const at::Tensor& states, const at::Tensor& mask) {
  const auto count = [](std::int64_t size) { return at::arange(size, at::kDouble); };
  const at::Tensor angle =
      count(states.size(0)).view({-1, 1, 1}) + 2 * count(states.size(1)).view({1, -1, 1}) + 3 * count(states.size(2));
  return at::sin(angle).to(at::kFloat) * mask.unsqueeze(2);
}

/// The largest difference, in units of the second's largest number or of 1: some gradients are zero
/// but for rounding.
inline double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>() / std::max(1.0, b.abs().max().item<double>());
}

/// The same of two whole gradients, by their lengths.
inline double relative_difference(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  double difference = 0, length = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]).square().sum().item<double>();
    length += b[i].square().sum().item<double>();
  }
  return std::sqrt(difference / length);
}

/// What has been added up in a list of leaves.
inline std::vector<at::Tensor> gradients_of(const std::vector<at::Tensor>& leaves) {
  std::vector<at::Tensor> gradients;
  for (const at::Tensor& leaf : leaves) gradients.push_back(leaf.grad());
  return gradients;
}

inline std::vector<at::Tensor> tensors_of(const TunedLayers::NamedTensors& named) {
  std::vector<at::Tensor> tensors;
  for (const auto& [name, tensor] : named) tensors.push_back(tensor);
  return tensors;
}

}  // namespace tandem::tests

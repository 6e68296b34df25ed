#include "tandem/finetuning/tuned_layers.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

constexpr const char* kDown = ".lora_A.weight";
constexpr const char* kUp = ".lora_B.weight";
constexpr std::string_view kWeight = ".weight";

}  // namespace

std::string_view low_rank_targets_name(LowRankTargets targets) {
  return targets == LowRankTargets::kAllLinear ? "all" : "query-value";
}

std::optional<LowRankTargets> low_rank_targets_named(std::string_view name) {
  for (const LowRankTargets targets : {LowRankTargets::kQueryValue, LowRankTargets::kAllLinear}) {
    if (name == low_rank_targets_name(targets)) return targets;
  }
  return std::nullopt;
}

TunedLayers::TunedLayers(const TransformerLayers& layers, std::int64_t last, const TuningOptions& options,
                         at::Generator& chance)
    : layers_(layers), options_(options), first_(options.layers == 0 ? 0 : last - options.layers), last_(last) {
  TORCH_CHECK_VALUE(last >= 1 && last <= layers.layer_count(), "TunedLayers: last must be from 1 to ",
                    layers.layer_count(), ", got ", last);
  TORCH_CHECK_VALUE(options.layers >= 0 && options.layers <= last, "TunedLayers: layers must be from 0 to ", last,
                    ", got ", options.layers);
  TORCH_CHECK_VALUE(options.rank >= 0 && options.alpha >= 0, "TunedLayers: rank and alpha must not be negative, got ",
                    options.rank, " and ", options.alpha);
  find_names();
  if (options.rank == 0) {
    for (const auto& [name, stored] : frozen_) trained_.emplace_back(name, stored.clone().requires_grad_());
  } else {
    for (std::int64_t layer = first_ + 1; layer <= last_; ++layer) {
      const LayerLinears linears = layers.linears(layer);
      std::vector<std::string> names{linears.query, linears.value};
      if (options.targets == LowRankTargets::kAllLinear) {
        names.push_back(linears.key);
        names.insert(names.end(), linears.others.begin(), linears.others.end());
      }
      for (const std::string& name : names) add_low_rank(name, chance);
    }
  }
  for (std::size_t i = 0; i < trained_.size(); ++i) place_[trained_[i].first] = i;
}

/// A pass over one token tells which weights the layers ask for.
void TunedLayers::find_names() {
  const c10::NoGradGuard no_gradient;
  const ModelWeights& stored = layers_.stored_weights();
  const ModelWeights watched(
      [&](const std::string& name) {
        at::Tensor found = stored.find(name);
        if (found.defined()) frozen_[name] = found;
        return found;
      },
      Precision::kFloat32);
  const at::Tensor one = stored.find(layers_.linears(last_).query + std::string(kWeight));
  width_ = one.size(1);
  const at::Tensor x = at::zeros({1, 1, width_}, one.options());
  const at::Tensor mask = at::ones({1, 1}, one.options().dtype(at::kBool));
  for (std::int64_t layer = first_ + 1; layer <= last_; ++layer)
    layers_.run_layer(layer, x, layers_.attention_bias(mask), watched);
}

void TunedLayers::add_low_rank(const std::string& linear, at::Generator& chance) {
  const at::Tensor& weight = frozen_.at(linear + std::string(kWeight));
  const std::int64_t out = weight.size(0);
  const std::int64_t in = weight.size(1);
  TORCH_CHECK_VALUE(options_.rank <= std::min(in, out), "TunedLayers: rank must be at most ", std::min(in, out),
                    ", got ", options_.rank);
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  trained_.emplace_back(
      linear + kDown,
      at::empty({options_.rank, in}).uniform_(-bound, bound, chance).to(weight.device()).requires_grad_());
  trained_.emplace_back(linear + kUp, at::zeros({out, options_.rank}, weight.options()).requires_grad_());
}

at::Tensor TunedLayers::weight(const std::string& name) const {
  const auto found = frozen_.find(name);
  if (found == frozen_.end()) return {};
  if (const auto own = place_.find(name); own != place_.end()) return trained_[own->second].second;
  if (!name.ends_with(kWeight)) return found->second;
  const auto down = place_.find(name.substr(0, name.size() - kWeight.size()) + kDown);
  if (down == place_.end()) return found->second;
  const double scale = options_.alpha == 0 ? 1 : options_.alpha / static_cast<double>(options_.rank);
  return found->second + at::mm(trained_[down->second + 1].second, trained_[down->second].second) * scale;
}

ModelWeights TunedLayers::weights() const {
  return {[this](const std::string& name) { return weight(name); }, options_.precision};
}

std::vector<at::Tensor> TunedLayers::run(const at::Tensor& x, const at::Tensor& mask) const {
  check_shape("TunedLayers", "x", x, {kAnySize, kAnySize, kAnySize});
  const std::optional<at::Tensor> bias = layers_.attention_bias(mask);
  const ModelWeights current = weights();
  std::vector<at::Tensor> outputs;
  at::Tensor state = x;
  for (std::int64_t layer = first_ + 1; layer <= last_; ++layer) {
    state = layers_.run_layer(layer, state, bias, current);
    outputs.push_back(state.to(at::kFloat));
  }
  return outputs;
}

void TunedLayers::run_back(const at::Tensor& x, const at::Tensor& mask, const std::vector<at::Tensor>& outputs,
                           const std::vector<at::Tensor>& output_gradients) const {
  const std::optional<at::Tensor> bias = layers_.attention_bias(mask);
  const ModelWeights current = weights();
  at::Tensor gradient;  // of the loss in the output of `layer`
  for (std::int64_t layer = last_; layer > first_; --layer) {
    const std::size_t place = layer - first_ - 1;
    const at::Tensor& direct = output_gradients[place];
    if (direct.defined()) gradient = gradient.defined() ? gradient + direct : direct;
    if (!gradient.defined()) continue;
    const bool is_entry = layer == first_ + 1;
    const at::Tensor input = (is_entry ? x : outputs[place - 1]).detach();
    if (!is_entry) input.requires_grad_();
    const at::AutoGradMode with_gradients(true);
    layers_.run_layer(layer, input, bias, current).to(at::kFloat).backward(gradient);
    gradient = is_entry ? at::Tensor() : input.grad();
  }
}

TunedLayers::NamedTensors TunedLayers::merged() const {
  const c10::NoGradGuard no_gradient;
  NamedTensors all;
  for (const auto& [name, stored] : frozen_) all.emplace_back(stored_name(name), weight(name).detach().contiguous());
  return all;
}

}  // namespace tandem

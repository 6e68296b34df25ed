#include "tandem/encoders/layer_tap.h"

#include <ATen/ops/cat.h>
#include <c10/util/Exception.h>

#include <algorithm>

namespace tandem {

LayerTap::LayerTap(const std::vector<std::int64_t>& wanted, std::int64_t layers) : wanted_(wanted) {
  TORCH_CHECK_VALUE(!wanted.empty(), "states: needed a layer at least, got none");
  for (const std::int64_t layer : wanted) {
    TORCH_CHECK_VALUE(layer >= 0 && layer <= layers, "states: layers must be from 0 to ", layers, ", got ", layer);
  }
  parts_.resize(*std::max_element(wanted.begin(), wanted.end()) + 1);
}

bool LayerTap::wants(std::int64_t layer) const {
  return std::find(wanted_.begin(), wanted_.end(), layer) != wanted_.end();
}

void LayerTap::keep(std::int64_t layer, const at::Tensor& states) {
  TORCH_CHECK_VALUE(wants(layer), "LayerTap: nobody wants layer ", layer);
  parts_[layer].push_back(
      states.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true));  // Networks reuse the memory of these states.
}

std::vector<at::Tensor> LayerTap::kept() const {
  std::vector<at::Tensor> states;
  for (const std::int64_t layer : wanted_) {
    const std::vector<at::Tensor>& parts = parts_[layer];
    states.push_back(parts.size() == 1 ? parts.front() : at::cat(parts));
  }
  return states;
}

at::Tensor map_states(const at::Tensor& map) { return map.permute({0, 2, 3, 1}).flatten(1, 2); }

}  // namespace tandem

#include "tandem/losses/pair_sigmoid_sum.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/losses/pair_tiles.h"

namespace tandem {
namespace {

struct SigmoidTask {
  PairGroups groups;
  StreamingOptions options;
  bool keeps = false;  ///< a backward pass will follow
  double factor = 1, bias = 0;
};

/// The data that the forward pass keeps for the backward pass.
struct SigmoidRemembered : torch::CustomClassHolder {
  SigmoidTask task;
  KeptTiles kept;

  SigmoidRemembered(const SigmoidTask& given, std::int64_t room_bytes) : task(given), kept(room_bytes) {}
};

class SigmoidSum : public torch::autograd::Function<SigmoidSum> {
 public:
  using Variables = torch::autograd::variable_list;

  static Variables forward(torch::autograd::AutogradContext* context, const at::Tensor& left, const at::Tensor& right,
                           const at::Tensor& log_scale, const at::Tensor& bias, SigmoidTask task) {
    task.factor = std::exp(log_scale.item<double>());
    task.bias = bias.item<double>();
    auto memory = c10::make_intrusive<SigmoidRemembered>(task, task.keeps ? task.options.kept_bytes : 0);
    SimilarityTiles tiles(left, right, task.factor, TilesOf::kWholeMatrix, task.options);
    double total = 0;
    tiles.each([&](const TilePlace& place, std::int64_t) {
      std::vector<double> of_pieces(static_cast<std::size_t>(pieces_of(left.is_cpu(), place.rows)));
      tiles.fill(memory->kept.buffer(tiles, place, left.options()), place,
                 [&](const at::Tensor& piece, const TilePlace& here, std::int64_t index) {
                   of_pieces[static_cast<std::size_t>(index)] =
                       softplus_sum(piece, task.groups.part_of(here), task.bias);
                 });
      total = std::accumulate(of_pieces.begin(), of_pieces.end(), total);
    });
    context->save_for_backward({left, right, log_scale, bias});
    context->saved_data["memory"] = c10::IValue::make_capsule(memory);
    return {at::scalar_tensor(total, left.options()),
            own_similarities(left, right, task.groups.own_column, task.factor)};
  }

  static Variables backward(torch::autograd::AutogradContext* context, Variables gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &left = saved[0], &right = saved[1], &log_scale = saved[2], &bias = saved[3];
    const auto capsule = context->saved_data["memory"].toCapsule();
    auto& memory = static_cast<SigmoidRemembered&>(*capsule);
    const SigmoidTask& task = memory.task;
    const double weight = gradients[0].defined() ? gradients[0].item<double>() : 0;
    SimilarityTiles tiles(left, right, task.factor, TilesOf::kWholeMatrix, task.options);
    const at::Tensor left_gradient = at::zeros_like(left);
    const at::Tensor right_gradient = context->needs_input_grad(1) ? at::zeros_like(right) : at::Tensor();
    double bias_gradient = 0;
    tiles.each([&](const TilePlace& place, std::int64_t index) {
      at::Tensor tile = memory.kept.take(index);
      std::vector<double> of_pieces(static_cast<std::size_t>(pieces_of(left.is_cpu(), place.rows)));
      const auto bring_back = [&](const at::Tensor& piece, const TilePlace& here, std::int64_t i) {
        of_pieces[static_cast<std::size_t>(i)] = weigh_sigmoid(piece, task.groups.part_of(here), task.bias, weight);
        tiles.add_left_product(piece, here, left_gradient);
      };
      if (tile.defined()) {
        tiles.revisit(tile, place, bring_back);
      } else {
        tile = tiles.buffer(place);
        tiles.fill(tile, place, bring_back);
      }
      bias_gradient = std::accumulate(of_pieces.begin(), of_pieces.end(), bias_gradient);
      if (right_gradient.defined()) tiles.add_right_product(tile, place, right_gradient);
    });
    add_own_gradient(gradients[1], left, right, task.groups.own_column, task.factor, left_gradient, right_gradient);
    return {left_gradient, right_gradient, at::scalar_tensor(product_sum(left, left_gradient), log_scale.options()),
            at::scalar_tensor(bias_gradient, bias.options()), at::Tensor()};
  }
};

}  // namespace

PairSigmoidSum pair_sigmoid_sum(const Sides& sides, const at::Tensor& bias, PairsLeftOut left_out,
                                const StreamingOptions& options) {
  check_sides("pair_sigmoid_sum", sides, left_out, options);
  check_shape("pair_sigmoid_sum", "bias", bias, {});
  const PairGroups groups = pair_groups(sides, left_out);
  const bool keeps = c10::GradMode::is_enabled() && (sides.left.requires_grad() || sides.right.requires_grad() ||
                                                     sides.log_scale.requires_grad() || bias.requires_grad());
  const auto sums = SigmoidSum::apply(sides.left.contiguous(), sides.right.contiguous(), sides.log_scale, bias,
                                      SigmoidTask{.groups = groups, .options = options, .keeps = keeps});
  return {.apart = sums[0], .own = sums[1]};
}

}  // namespace tandem

#include "tandem/closed_form/solved_head.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mv.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>

#include <string>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// Expands one value per column, [F'], where each block of tokens is as wide as one token, to [F]:
/// the same value for every token of a block.
at::Tensor for_every_token(const at::Tensor& values, const std::vector<PooledColumns>& tokens) {
  std::vector<at::Tensor> parts;
  std::int64_t averaged = 0, done = 0;  // columns of `values`, and of what comes of them
  for (const PooledColumns& block : tokens) {
    const std::int64_t before = block.begin - done;
    TORCH_CHECK_VALUE(before >= 0 && averaged + before + block.width <= values.size(0), "solved_head: tokens within ",
                      values.size(0), " averaged columns were needed, got a block of ", block.width, " at column ",
                      block.begin);
    parts.push_back(values.narrow(0, averaged, before));
    parts.push_back(values.narrow(0, averaged + before, block.width).repeat({block.count}));
    averaged += before + block.width;
    done = block.begin + block.columns();
  }
  parts.push_back(values.narrow(0, averaged, values.size(0) - averaged));
  return at::cat(parts);
}

}  // namespace

ProjectionHead solved_head(const SideAxes& side, const at::Tensor& map, const std::vector<PooledColumns>& tokens,
                           const std::vector<std::int64_t>& view_widths) {
  check_shape("solved_head", "map", map, {side.axes.size(1), kAnySize});
  const at::Tensor weight = at::mm(side.axes, map).t().contiguous();  // [D, F']
  NamedTensors tensors = {{"mean", for_every_token(side.scaling.mean, tokens)},
                          {"deviation", for_every_token(side.scaling.deviation, tokens)},
                          {"out.weight", weight},
                          {"out.bias", -at::mv(weight, side.mean)}};
  HeadOptions options{.kind = HeadKind::kLinear, .embedding_width = map.size(1), .view_widths = view_widths};
  if (!tokens.empty()) options.pooling = ViewPooling::kAttention;
  options.pooled = tokens;
  // A query of zeros gives all tokens the same weight.
  for (std::size_t block = 0; block < tokens.size(); ++block)
    tensors.emplace_back("pooling" + std::to_string(block) + ".queries", at::zeros({1, tokens[block].width}));
  return {options, tensors};
}

}  // namespace tandem

#include "tandem/losses/pair_tiles.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_unique2.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// Number of rows processed together, so that temporary tensors stay small.
constexpr std::int64_t kRows = 1024;

template <typename Visit>
void each_rows(std::int64_t count, const Visit& visit) {
  for (std::int64_t begin = 0; begin < count; begin += kRows) visit(begin, std::min(kRows, count - begin));
}

}  // namespace

void check_sides(const char* caller, const Sides& sides, PairsLeftOut left_out, const StreamingOptions& options) {
  const at::Tensor &left = sides.left, &right = sides.right;
  check_shape(caller, "left", left, {kAnySize, kAnySize});
  check_shape(caller, "right", right, {kAnySize, left.size(1)});
  check_shape(caller, "log_scale", sides.log_scale, {});
  if (left_out != PairsLeftOut::kNone) {
    check_shape(caller, "left_id", sides.left_id, {left.size(0)});
    check_shape(caller, "right_id", sides.right_id, {right.size(0)});
  }
  TORCH_CHECK_VALUE(left.size(0) > 0 && right.size(0) > 0, caller, ": left and right must have at least one row, got ",
                    shape_text(left), " and ", shape_text(right));
  const auto type = left.scalar_type();
  TORCH_CHECK_VALUE(type == right.scalar_type() &&
                        (type == at::kFloat || (type == at::kDouble && options.products == Products::kFloat32)),
                    caller, ": left and right must be float32, or float64 with products of their own type, got ", type,
                    " and ", right.scalar_type());
  TORCH_CHECK_VALUE(sides.own_column >= 0 && sides.own_column + left.size(0) <= right.size(0), caller,
                    ": every row must have its partner among the ", right.size(0), " columns, got rows ", left.size(0),
                    " from column ", sides.own_column);
  TORCH_CHECK_VALUE(options.tile_rows >= 0 && options.tile_columns >= 0, caller,
                    ": tiles must not be of less than nothing, got ", options.tile_rows, " x ", options.tile_columns);
  TORCH_CHECK_VALUE(options.kept_bytes >= 0, caller, ": kept_bytes must not be negative, got ", options.kept_bytes);
}

TakingPart PairGroups::part_of(const TilePlace& place) const {
  if (!of_left.defined()) return {};
  return {.row_group = of_left.narrow(0, place.top, place.rows),
          .column_group = of_right.narrow(0, place.left, place.columns),
          .own_column = own_column + place.top - place.left,
          .own_stays = own_stays};
}

PairGroups pair_groups(const Sides& sides, PairsLeftOut left_out) {
  if (left_out == PairsLeftOut::kNone) return {.own_column = sides.own_column};
  const auto [groups, of_id, sizes] = at::_unique2(at::cat({sides.left_id, sides.right_id}), true, true, false);
  const at::Tensor small = of_id.to(at::kInt);
  const std::int64_t rows = sides.left.size(0);
  return {.of_left = small.narrow(0, 0, rows),
          .of_right = small.narrow(0, rows, sides.right.size(0)),
          .own_column = sides.own_column,
          .own_stays = left_out == PairsLeftOut::kOtherOfOwn};
}

at::Tensor own_similarities(const at::Tensor& left, const at::Tensor& right, std::int64_t own_column, double factor) {
  at::Tensor own = at::empty({left.size(0)}, left.options());
  each_rows(left.size(0), [&](std::int64_t begin, std::int64_t count) {
    own.narrow(0, begin, count)
        .copy_((left.narrow(0, begin, count) * right.narrow(0, own_column + begin, count)).sum(1).mul_(factor));
  });
  return own;
}

void add_own_gradient(const at::Tensor& own_gradient, const at::Tensor& left, const at::Tensor& right,
                      std::int64_t own_column, double factor, const at::Tensor& left_gradient,
                      const at::Tensor& right_gradient) {
  if (!own_gradient.defined()) return;
  each_rows(left.size(0), [&](std::int64_t begin, std::int64_t count) {
    const at::Tensor weight = own_gradient.narrow(0, begin, count).unsqueeze(1);
    if (left_gradient.defined())
      left_gradient.narrow(0, begin, count).addcmul_(right.narrow(0, own_column + begin, count), weight, factor);
    if (right_gradient.defined())
      right_gradient.narrow(0, own_column + begin, count).addcmul_(left.narrow(0, begin, count), weight, factor);
  });
}

double product_sum(const at::Tensor& left, const at::Tensor& gradient) {
  double total = 0;
  each_rows(left.size(0), [&](std::int64_t begin, std::int64_t count) {
    total +=
        at::dot(left.narrow(0, begin, count).view({-1}), gradient.narrow(0, begin, count).view({-1})).item<double>();
  });
  return total;
}

}  // namespace tandem

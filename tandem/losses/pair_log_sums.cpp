#include "tandem/losses/pair_log_sums.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/amax.h>
#include <ATen/ops/eq.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>

#include "tandem/base/shape_check.h"
#include "tandem/losses/similarity_tiles.h"

namespace tandem {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Logits no farther from 0 than this can be exponentiated as they are: neither does a sum over millions overflow in fp32, nor does
/// a row's largest term vanish. One exponential then serves row and column.
constexpr double kPlainBound = 60;

/// Takes entries of a tile out, by writing `value` over them.
class LeftOut {
 public:
  LeftOut(const at::Tensor& id, PairsLeftOut kind) : id_(id), kind_(kind) {}

  void strike(const at::Tensor& tile, const TilePlace& place, double value) const {
    if (kind_ == PairsLeftOut::kNone) return;
    at::Tensor mask = at::eq(id_.narrow(0, place.top, place.rows).unsqueeze(1), id_.narrow(0, place.left, place.columns).unsqueeze(0));
    const bool has_own = place.top < place.left + place.columns && place.left < place.top + place.rows;  // of the matrix's diagonal
    if (kind_ == PairsLeftOut::kOtherOfOwn && has_own) mask.diagonal(place.top - place.left).fill_(false);
    tile.masked_fill_(mask, value);
  }

 private:
  const at::Tensor& id_;
  PairsLeftOut kind_;
};

bool is_plain(const at::Tensor& left, const at::Tensor& right, double factor) {
  const auto longest = [](const at::Tensor& rows) { return at::linalg_vector_norm(rows, 2, {1}).max().item<double>(); };
  return factor * longest(left) * longest(right) <= kPlainBound;
}

/// Log-sums kept as (largest, sum of exponentials over it), so that later tiles can raise the largest.
struct RunningSums {
  at::Tensor largest, sum;

  RunningSums(std::int64_t count, const at::TensorOptions& options) : largest(at::full({count}, -kInfinity, options)), sum(at::zeros({count}, options)) {}

  void add(const at::Tensor& tile, std::int64_t dimension, std::int64_t begin, std::int64_t count) {
    at::Tensor largest_here = largest.narrow(0, begin, count), sum_here = sum.narrow(0, begin, count);
    const at::Tensor raised = at::maximum(largest_here, at::amax(tile, {dimension}));
    const at::Tensor over = at::where(at::isfinite(raised), raised, at::zeros_like(raised));  // nothing but -infinity so far
    sum_here.mul_(at::exp(largest_here - over)).add_((tile - over.unsqueeze(dimension)).exp_().sum(dimension));
    largest_here.copy_(raised);
  }

  at::Tensor logs() const { return at::log(sum) + at::where(at::isfinite(largest), largest, at::zeros_like(largest)); }
};

class LogSums : public torch::autograd::Function<LogSums> {
 public:
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context, const at::Tensor& left, const at::Tensor& right,
                                                const at::Tensor& log_scale, const at::Tensor& id, std::int64_t kind, std::int64_t products,
                                                std::int64_t tile_rows, std::int64_t tile_columns) {
    const StreamingOptions options{.products = static_cast<Products>(products), .tile_rows = tile_rows, .tile_columns = tile_columns};
    const LeftOut left_out(id, static_cast<PairsLeftOut>(kind));
    const double factor = std::exp(log_scale.item<double>());
    const std::int64_t rows = left.size(0);
    const bool plain = is_plain(left, right, factor);
    SimilarityTiles tiles(left, right, factor, options);
    at::Tensor of_rows, of_columns;
    if (plain) {
      of_rows = at::zeros({rows}, left.options());
      of_columns = at::zeros({rows}, left.options());
      tiles.each([&](const at::Tensor& tile, const TilePlace& place) {
        tile.exp_();
        left_out.strike(tile, place, 0);
        of_rows.narrow(0, place.top, place.rows).add_(tile.sum(1));
        of_columns.narrow(0, place.left, place.columns).add_(tile.sum(0));
      });
      of_rows.log_();
      of_columns.log_();
    } else {
      RunningSums row_sums(rows, left.options()), column_sums(rows, left.options());
      tiles.each([&](const at::Tensor& tile, const TilePlace& place) {
        left_out.strike(tile, place, -kInfinity);
        row_sums.add(tile, 1, place.top, place.rows);
        column_sums.add(tile, 0, place.left, place.columns);
      });
      of_rows = row_sums.logs();
      of_columns = column_sums.logs();
    }
    context->save_for_backward({left, right, log_scale, id, of_rows, of_columns});
    context->saved_data["options"] = std::vector<std::int64_t>{kind, products, tile_rows, tile_columns, plain ? 1 : 0};
    return {of_rows, of_columns};
  }

  /// With e_ij = exp(s_ij): d s_ij = e_ij (g_i / sum_i + h_j / sum_j) for gradients g of the rows' and h of the columns' logs.
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &left = saved[0], &right = saved[1], &log_scale = saved[2], &id = saved[3], &of_rows = saved[4], &of_columns = saved[5];
    const auto options = context->saved_data["options"].toIntVector();
    const LeftOut left_out(id, static_cast<PairsLeftOut>(options[0]));
    const bool plain = options[4] == 1;
    SimilarityTiles tiles(left, right, std::exp(log_scale.item<double>()),
                          {.products = static_cast<Products>(options[1]), .tile_rows = options[2], .tile_columns = options[3]});
    const auto given = [](const at::Tensor& gradient, const at::Tensor& like) {  // nothing reached a sum over nothing
      return gradient.defined() ? at::where(at::isfinite(like), gradient, at::zeros_like(like)) : at::zeros_like(like);
    };
    const auto finite = [](const at::Tensor& logs) { return at::where(at::isfinite(logs), logs, at::zeros_like(logs)); };
    const at::Tensor row_gradient = given(gradients[0], of_rows), column_gradient = given(gradients[1], of_columns);
    const at::Tensor row_logs = finite(of_rows), column_logs = finite(of_columns);
    const at::Tensor row_share = row_gradient * at::exp(-row_logs), column_share = column_gradient * at::exp(-column_logs);
    at::Tensor left_gradient = at::zeros_like(left), right_gradient = at::zeros_like(right);
    at::Tensor second;
    tiles.each([&](const at::Tensor& tile, const TilePlace& place) {
      const auto of_tile_rows = [&](const at::Tensor& vector) { return vector.narrow(0, place.top, place.rows).unsqueeze(1); };
      const auto of_tile_columns = [&](const at::Tensor& vector) { return vector.narrow(0, place.left, place.columns).unsqueeze(0); };
      if (plain) {
        tile.exp_();
        tile.mul_(of_tile_rows(row_share) + of_tile_columns(column_share));
      } else {
        second = (tile - of_tile_columns(column_logs)).exp_().mul_(of_tile_columns(column_gradient));
        tile.sub_(of_tile_rows(row_logs)).exp_().mul_(of_tile_rows(row_gradient)).add_(second);
      }
      left_out.strike(tile, place, 0);
      tiles.add_products(tile, place, left_gradient, right_gradient);
    });
    const at::Tensor scale_gradient = (left * left_gradient).sum();  // sum of d s_ij times s_ij
    const at::Tensor none;
    return {left_gradient, right_gradient, scale_gradient, none, none, none, none, none};
  }
};

}  // namespace

PairLogSums pair_log_sums(const at::Tensor& left, const at::Tensor& right, const at::Tensor& log_scale, const at::Tensor& id, PairsLeftOut left_out,
                          const StreamingOptions& options) {
  check_shape("pair_log_sums", "left", left, {kAnySize, kAnySize});
  check_shape("pair_log_sums", "right", right, {left.size(0), left.size(1)});
  check_shape("pair_log_sums", "log_scale", log_scale, {});
  if (left_out != PairsLeftOut::kNone) check_shape("pair_log_sums", "id", id, {left.size(0)});
  TORCH_CHECK_VALUE(left.size(0) > 0, "pair_log_sums: left must have at least one row, got ", shape_text(left));
  TORCH_CHECK_VALUE(left.scalar_type() == right.scalar_type() && (left.scalar_type() == at::kFloat || (left.scalar_type() == at::kDouble && options.products == Products::kFloat32)),
                    "pair_log_sums: left and right must be float32, or float64 with products of their own type, got ", left.scalar_type(), " and ", right.scalar_type());
  TORCH_CHECK_VALUE(options.tile_rows > 0 && options.tile_columns > 0, "pair_log_sums: tiles must not be empty, got ", options.tile_rows, " x ", options.tile_columns);
  const auto sums = LogSums::apply(left, right, log_scale, left_out == PairsLeftOut::kNone ? left.detach() : id, static_cast<std::int64_t>(left_out),
                                   static_cast<std::int64_t>(options.products), options.tile_rows, options.tile_columns);
  return {.of_rows = sums[0], .of_columns = sums[1]};
}

}  // namespace tandem

#include "tandem/losses/pair_log_sums.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/full.h>
#include <ATen/ops/isneginf.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <limits>

#include "tandem/losses/pair_tiles.h"

namespace tandem {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Logits this close to 0 can be exponentiated directly: a sum over millions does not overflow in
/// fp32, and a row's largest term does not vanish. One exponential then serves row and column.
constexpr double kPlainBound = 60;

bool is_plain(const at::Tensor& left, const at::Tensor& right, double factor) {
  const auto longest = [](const at::Tensor& rows) { return at::linalg_vector_norm(rows, 2, {1}).max().item<double>(); };
  return factor * longest(left) * longest(right) <= kPlainBound;
}

/// A log-sum over nothing has no weight; its gradient is 0 already.
at::Tensor finite(const at::Tensor& logs) { return at::where(at::isneginf(logs), at::zeros_like(logs), logs); }

/// Log-sums as (largest, sum of exponentials relative to it), so that later tiles can raise the
/// largest. float64.
class RunningSums {
 public:
  RunningSums(std::int64_t count, const at::Device& device)
      : largest_(at::full({count}, -kInfinity, at::TensorOptions(device).dtype(at::kDouble))),
        sum_(at::zeros({count}, largest_.options())) {}

  void add_plain(std::int64_t begin, const at::Tensor& sum) { sum_.narrow(0, begin, sum.size(0)).add_(sum); }

  void add(std::int64_t begin, const at::Tensor& largest, const at::Tensor& sum) {
    at::Tensor largest_here = largest_.narrow(0, begin, sum.size(0));
    at::Tensor sum_here = sum_.narrow(0, begin, sum.size(0));
    const at::Tensor raised = at::maximum(largest_here, largest.to(at::kDouble));
    const at::Tensor over =
        at::where(at::isneginf(raised), at::zeros_like(raised), raised);  // nothing but -infinity so far
    sum_here.mul_(at::exp(largest_here - over)).add_(sum * at::exp(largest.to(at::kDouble) - over));
    largest_here.copy_(raised);
  }

  at::Tensor logs(bool plain) const { return plain ? at::log(sum_) : at::log(sum_) + finite(largest_); }

 private:
  at::Tensor largest_, sum_;
};

struct LogSumTask {
  PairGroups groups;
  TilesOf part = TilesOf::kWholeMatrix;
  StreamingOptions options;
  bool keeps = false;  ///< a backward pass will follow
  double factor = 1;
  bool plain = false;
};

/// The data that the forward pass keeps for the backward pass.
struct LogSumRemembered : torch::CustomClassHolder {
  LogSumTask task;
  KeptTiles kept;
  at::Tensor row_logs, column_logs;  ///< float64

  LogSumRemembered(const LogSumTask& given, std::int64_t room_bytes) : task(given), kept(room_bytes) {}
};

/// On the diagonal of a symmetric matrix, a square tile holds (i, j) and (j, i), so its rows are
/// sufficient.
bool is_own_mirror(const LogSumTask& task, const TilePlace& place) {
  return task.part == TilesOf::kUpperTriangle && place.top == place.left;
}

void sum_tiles(LogSumRemembered& memory, SimilarityTiles& tiles, RunningSums& rows, RunningSums& columns,
               const at::TensorOptions& type) {
  const LogSumTask& task = memory.task;
  const bool on_cpu = type.device().is_cpu();
  tiles.each([&](const TilePlace& place, std::int64_t) {
    const std::int64_t pieces = pieces_of(on_cpu, place.rows);
    const at::Tensor of_rows = at::empty({2, place.rows}, type);
    const at::Tensor of_columns = at::empty({pieces, 2, place.columns}, type);
    const at::Tensor tile = memory.kept.buffer(tiles, place, type);
    tiles.fill(tile, place, [&](const at::Tensor& piece, const TilePlace& here, std::int64_t index) {
      const at::Tensor piece_rows = of_rows.narrow(1, here.top - place.top, here.rows);
      const TileSums sums{.row_largest = piece_rows[0],
                          .row_sum = piece_rows[1],
                          .column_largest = of_columns[index][0],
                          .column_sum = of_columns[index][1]};
      task.plain ? plain_sums(piece, task.groups.part_of(here), sums)
                 : shifted_sums(piece, task.groups.part_of(here), sums);
    });
    task.plain ? rows.add_plain(place.top, of_rows[1]) : rows.add(place.top, of_rows[0], of_rows[1]);
    if (is_own_mirror(task, place)) return;
    for (std::int64_t i = 0; i < pieces; ++i) {
      task.plain ? columns.add_plain(place.left, of_columns[i][1])
                 : columns.add(place.left, of_columns[i][0], of_columns[i][1]);
    }
  });
}

/// With e_ij = exp(s_ij): d s_ij = e_ij (g_i / sum_i + h_j / sum_j) for gradients g of the rows'
/// and h of the columns' logs.
class Weights {
 public:
  /// row_gradient, column_gradient: float64.
  Weights(const LogSumRemembered& memory, const at::Tensor& row_gradient, const at::Tensor& column_gradient,
          const at::TensorOptions& type)
      : task_(memory.task),
        row_share_((row_gradient * at::exp(-finite(memory.row_logs))).to(type)),
        column_share_((column_gradient * at::exp(-finite(memory.column_logs))).to(type)),
        row_gradient_(row_gradient.to(type)),
        column_gradient_(column_gradient.to(type)),
        row_logs_(finite(memory.row_logs).to(type)),
        column_logs_(finite(memory.column_logs).to(type)) {}

  /// Makes weights of a piece of logits, or of the tiles kept by the forward pass.
  void put(const at::Tensor& piece, const TilePlace& place, bool kept) const {
    const auto of_rows = [&](const at::Tensor& vector) { return vector.narrow(0, place.top, place.rows); };
    const auto of_columns = [&](const at::Tensor& vector) { return vector.narrow(0, place.left, place.columns); };
    if (!task_.plain) {
      weigh_shifted(piece, task_.groups.part_of(place),
                    {.row_gradient = of_rows(row_gradient_),
                     .row_log = of_rows(row_logs_),
                     .column_gradient = of_columns(column_gradient_),
                     .column_log = of_columns(column_logs_)});
    } else if (kept) {
      weigh_exponentials(piece, of_rows(row_share_), of_columns(column_share_));
    } else {
      weigh_logits(piece, task_.groups.part_of(place), of_rows(row_share_), of_columns(column_share_));
    }
  }

 private:
  const LogSumTask& task_;
  at::Tensor row_share_, column_share_, row_gradient_, column_gradient_, row_logs_, column_logs_;
};

class LogSums : public torch::autograd::Function<LogSums> {
 public:
  using Variables = torch::autograd::variable_list;

  /// Of the upper triangle: of_rows alone, and `right` is `left` without a gradient.
  static Variables forward(torch::autograd::AutogradContext* context, const at::Tensor& left, const at::Tensor& right,
                           const at::Tensor& log_scale, LogSumTask task) {
    task.factor = std::exp(log_scale.item<double>());
    task.plain = is_plain(left, right, task.factor);
    auto memory = c10::make_intrusive<LogSumRemembered>(task, task.keeps ? task.options.kept_bytes : 0);
    SimilarityTiles tiles(left, right, task.factor, task.part, task.options);
    RunningSums rows(left.size(0), left.device()), columns(right.size(0), left.device());
    const bool whole = task.part == TilesOf::kWholeMatrix;
    sum_tiles(*memory, tiles, rows, whole ? columns : rows, left.options());
    memory->row_logs = rows.logs(task.plain);
    memory->column_logs = whole ? columns.logs(task.plain) : memory->row_logs;
    context->save_for_backward({left, right, log_scale});
    context->saved_data["memory"] = c10::IValue::make_capsule(memory);
    if (!whole) return {memory->row_logs.to(left.scalar_type())};
    return {memory->row_logs.to(left.scalar_type()), memory->column_logs.to(left.scalar_type()),
            own_similarities(left, right, task.groups.own_column, task.factor)};
  }

  static Variables backward(torch::autograd::AutogradContext* context, Variables gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor &left = saved[0], &right = saved[1], &log_scale = saved[2];
    const auto capsule = context->saved_data["memory"].toCapsule();
    auto& memory = static_cast<LogSumRemembered&>(*capsule);
    const LogSumTask& task = memory.task;
    const bool whole = task.part == TilesOf::kWholeMatrix;
    const auto given = [](const at::Tensor& gradient, const at::Tensor& logs) {  // nothing reached a sum over nothing
      return gradient.defined() ? at::where(at::isneginf(logs), at::zeros_like(logs), gradient.to(at::kDouble))
                                : at::zeros_like(logs);
    };
    const at::Tensor row_gradient = given(gradients[0], memory.row_logs);
    const at::Tensor column_gradient = whole ? given(gradients[1], memory.column_logs) : row_gradient;
    const Weights weights(memory, row_gradient, column_gradient, left.options());
    SimilarityTiles tiles(left, right, task.factor, task.part, task.options);
    const bool wants_right = !whole || context->needs_input_grad(1);
    const at::Tensor left_gradient = at::zeros_like(left);
    at::Tensor right_gradient;
    if (wants_right) right_gradient = whole ? at::zeros_like(right) : left_gradient;
    tiles.each([&](const TilePlace& place, std::int64_t index) {
      at::Tensor tile = memory.kept.take(index);
      const bool kept = tile.defined();
      const auto bring_back = [&](const at::Tensor& piece, const TilePlace& here, std::int64_t) {
        weights.put(piece, here, kept);
        tiles.add_left_product(piece, here, left_gradient);
      };
      if (kept) {
        tiles.revisit(tile, place, bring_back);
      } else {
        tile = tiles.buffer(place);
        tiles.fill(tile, place, bring_back);
      }
      if (wants_right && !is_own_mirror(task, place)) tiles.add_right_product(tile, place, right_gradient);
    });
    if (whole)
      add_own_gradient(gradients[2], left, right, task.groups.own_column, task.factor, left_gradient, right_gradient);
    const double scale_gradient =
        product_sum(left, left_gradient) * (whole ? 1 : 0.5);  // a triangle's gradient comes from both factors
    return {left_gradient, whole ? right_gradient : at::Tensor(),
            at::scalar_tensor(scale_gradient, log_scale.options()), at::Tensor()};
  }
};

bool wants_gradient(const at::Tensor& left, const at::Tensor& right, const at::Tensor& log_scale) {
  return c10::GradMode::is_enabled() && (left.requires_grad() || right.requires_grad() || log_scale.requires_grad());
}

}  // namespace

PairLogSums pair_log_sums(const Sides& sides, PairsLeftOut left_out, const StreamingOptions& options) {
  check_sides("pair_log_sums", sides, left_out, options);
  const PairGroups groups = pair_groups(sides, left_out);
  const auto sums = LogSums::apply(
      sides.left.contiguous(), sides.right.contiguous(), sides.log_scale,
      LogSumTask{
          .groups = groups, .options = options, .keeps = wants_gradient(sides.left, sides.right, sides.log_scale)});
  return {.of_rows = sums[0], .of_columns = sums[1], .own = sums[2]};
}

at::Tensor own_side_log_sums(const at::Tensor& side, const at::Tensor& log_scale, const at::Tensor& id,
                             const StreamingOptions& options) {
  const Sides sides{.left = side, .right = side, .log_scale = log_scale, .left_id = id, .right_id = id};
  check_sides("own_side_log_sums", sides, PairsLeftOut::kOwnAndOtherOfOwn, options);
  const at::Tensor rows = side.contiguous();
  return LogSums::apply(rows, rows.detach(), log_scale,
                        LogSumTask{.groups = pair_groups(sides, PairsLeftOut::kOwnAndOtherOfOwn),
                                   .part = TilesOf::kUpperTriangle,
                                   .options = options,
                                   .keeps = wants_gradient(side, side, log_scale)})[0];
}

}  // namespace tandem

#include "tandem/losses/tile_passes.h"

#include "tandem/losses/tile_loops.h"
#include "tandem/losses/tile_operators.h"

namespace tandem {
namespace {

template <typename T>
tile_loops::Tile<T> in_memory(const at::Tensor& tile, const TakingPart& part) {
  const bool grouped = part.row_group.defined();
  return {.entries = tile.mutable_data_ptr<T>(),
          .rows = tile.size(0),
          .columns = tile.size(1),
          .row_group = grouped ? part.row_group.const_data_ptr<std::int32_t>() : nullptr,
          .column_group = grouped ? part.column_group.const_data_ptr<std::int32_t>() : nullptr,
          .own_column = part.own_column,
          .own_stays = part.own_stays};
}

/// Calls `work` with a value of the tile's type.
template <typename Work>
auto in_type_of(const at::Tensor& tile, const Work& work) {
  return tile.scalar_type() == at::kDouble ? work(double{}) : work(float{});
}

template <typename T>
tile_loops::Sums<T> in_memory(const TileSums& sums) {
  const auto pointer = [](const at::Tensor& vector) {
    return vector.defined() ? vector.mutable_data_ptr<T>() : nullptr;
  };
  return {.row_largest = pointer(sums.row_largest),
          .row_sum = pointer(sums.row_sum),
          .column_largest = pointer(sums.column_largest),
          .column_sum = pointer(sums.column_sum)};
}

}  // namespace

void plain_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums) {
  if (!tile.is_cpu()) return tile_operators::plain_sums(tile, part, sums);
  in_type_of(tile, [&](auto zero) {
    tile_loops::plain_sums(in_memory<decltype(zero)>(tile, part), in_memory<decltype(zero)>(sums));
  });
}

void shifted_sums(const at::Tensor& tile, const TakingPart& part, const TileSums& sums) {
  if (!tile.is_cpu()) return tile_operators::shifted_sums(tile, part, sums);
  in_type_of(tile, [&](auto zero) {
    tile_loops::shifted_sums(in_memory<decltype(zero)>(tile, part), in_memory<decltype(zero)>(sums));
  });
}

void weigh_logits(const at::Tensor& tile, const TakingPart& part, const at::Tensor& row_share,
                  const at::Tensor& column_share) {
  if (!tile.is_cpu()) return tile_operators::weigh_logits(tile, part, row_share, column_share);
  in_type_of(tile, [&](auto zero) {
    using T = decltype(zero);
    tile_loops::weigh_logits(in_memory<T>(tile, part), row_share.const_data_ptr<T>(), column_share.const_data_ptr<T>());
  });
}

void weigh_exponentials(const at::Tensor& tile, const at::Tensor& row_share, const at::Tensor& column_share) {
  if (!tile.is_cpu()) return tile_operators::weigh_exponentials(tile, row_share, column_share);
  in_type_of(tile, [&](auto zero) {
    using T = decltype(zero);
    tile_loops::weigh_exponentials(in_memory<T>(tile, {}), row_share.const_data_ptr<T>(),
                                   column_share.const_data_ptr<T>());
  });
}

void weigh_shifted(const at::Tensor& tile, const TakingPart& part, const LogGradients& gradients) {
  if (!tile.is_cpu()) return tile_operators::weigh_shifted(tile, part, gradients);
  in_type_of(tile, [&](auto zero) {
    using T = decltype(zero);
    tile_loops::weigh_shifted(in_memory<T>(tile, part),
                              {.row_gradient = gradients.row_gradient.const_data_ptr<T>(),
                               .row_log = gradients.row_log.const_data_ptr<T>(),
                               .column_gradient = gradients.column_gradient.const_data_ptr<T>(),
                               .column_log = gradients.column_log.const_data_ptr<T>()});
  });
}

double softplus_sum(const at::Tensor& tile, const TakingPart& part, double bias) {
  if (!tile.is_cpu()) return tile_operators::softplus_sum(tile, part, bias);
  return in_type_of(tile, [&](auto zero) {
    return tile_loops::softplus_sum(in_memory<decltype(zero)>(tile, part), static_cast<decltype(zero)>(bias));
  });
}

double weigh_sigmoid(const at::Tensor& tile, const TakingPart& part, double bias, double weight) {
  if (!tile.is_cpu()) return tile_operators::weigh_sigmoid(tile, part, bias, weight);
  return in_type_of(tile, [&](auto zero) {
    using T = decltype(zero);
    return tile_loops::weigh_sigmoid(in_memory<T>(tile, part), static_cast<T>(bias), static_cast<T>(weight));
  });
}

}  // namespace tandem

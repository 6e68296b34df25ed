// The passes of tile_passes.h as vectorised loops over memory, for float and double.
#pragma once

#include <cstdint>

namespace tandem::tile_loops {

template <typename T>
struct Tile {
  T* entries;  ///< [rows, columns], contiguous
  std::int64_t rows, columns;
  const std::int32_t* row_group;     ///< [rows], or null: no entry is left out
  const std::int32_t* column_group;  ///< [columns]
  std::int64_t own_column;
  bool own_stays;
};

template <typename T>
struct Sums {
  T *row_largest, *row_sum, *column_largest, *column_sum;
};

template <typename T>
struct Gradients {
  const T *row_gradient, *row_log, *column_gradient, *column_log;
};

void plain_sums(const Tile<float>& tile, const Sums<float>& sums);
void plain_sums(const Tile<double>& tile, const Sums<double>& sums);
void shifted_sums(const Tile<float>& tile, const Sums<float>& sums);
void shifted_sums(const Tile<double>& tile, const Sums<double>& sums);
void weigh_logits(const Tile<float>& tile, const float* row_share, const float* column_share);
void weigh_logits(const Tile<double>& tile, const double* row_share, const double* column_share);
void weigh_exponentials(const Tile<float>& tile, const float* row_share, const float* column_share);
void weigh_exponentials(const Tile<double>& tile, const double* row_share, const double* column_share);
void weigh_shifted(const Tile<float>& tile, const Gradients<float>& gradients);
void weigh_shifted(const Tile<double>& tile, const Gradients<double>& gradients);
double softplus_sum(const Tile<float>& tile, float bias);
double softplus_sum(const Tile<double>& tile, double bias);
double weigh_sigmoid(const Tile<float>& tile, float bias, float weight);
double weigh_sigmoid(const Tile<double>& tile, double bias, double weight);

}  // namespace tandem::tile_loops

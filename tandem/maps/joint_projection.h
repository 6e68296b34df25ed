// Pictures and captions of a shared space on one map, with the quality of that map.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "tandem/maps/map_quality.h"
#include "tandem/maps/tsne.h"

namespace tandem {

enum class MapMethod { kPca, kTsne };

struct JointProjectionOptions {
  MapMethod method = MapMethod::kTsne;
  TsneOptions tsne;                     ///< ignored by PCA
  bool close_gap = false;               ///< centre each side and renormalise before mapping (modality_gap.h)
  std::int64_t quality_neighbours = 5;  ///< neighbours per row; fewer if N + M does not allow as many; 0: not measured
  std::int64_t quality_rows = 2000;     ///< rows examined, evenly spread; 0: all
};

struct JointProjection {
  MapMethod method = MapMethod::kTsne;
  bool gap_closed = false;
  at::Tensor image_mean;                 ///< [D] float64, subtracted from pictures if the gap was closed
  at::Tensor text_mean;                  ///< [D] float64, subtracted from captions
  at::Tensor rows;                       ///< [N + M, D] float32, the mapped rows: pictures, then captions
  at::Tensor points;                     ///< [N + M, 2] float32
  std::int64_t images = 0;               ///< N
  double modality_gap = 0;               ///< of the given rows, before it was closed
  std::optional<double> kl;              ///< t-SNE: divergence in nats
  std::optional<double> perplexity;      ///< t-SNE: the value used, smaller than requested if there are few points
  std::optional<double> variance_shown;  ///< PCA: share of all variance, 0 to 1
  std::optional<MapQuality> quality;     ///< nothing if not measured, or fewer than four points
  PairDistance pair_distance;

  at::Tensor image_points() const;  ///< [N, 2]
  at::Tensor text_points() const;   ///< [M, 2]
};

/// Maps both sides together.
///
///   image          [N, D]  rows of unit length, N >= 1
///   text           [M, D]  rows of unit length; M = 0: pictures alone, whose gap and pair distance are 0
///   image_of_text  [M] int64: row of `image` that the caption describes
///
/// Costs as tsne or fit_pca, and map_quality. Throws c10::ValueError as those do.
JointProjection project_jointly(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                                const JointProjectionOptions& options = {});

/// Places other pictures and captions on a map that stays unchanged: along its components for PCA,
/// by place_on_map for t-SNE, centred on the map's means if its gap was closed. Quality and pair
/// distance are those of the new rows.
///
/// Throws c10::ValueError as project_jointly does, or if the widths differ.
JointProjection place_jointly(const JointProjection& map, const at::Tensor& image, const at::Tensor& text,
                              const at::Tensor& image_of_text, const JointProjectionOptions& options = {});

}  // namespace tandem

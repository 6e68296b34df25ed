// Pictures and captions that share a hidden cause, embedded as good heads would.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/randn.h>

#include "tandem/audit/pair_evidence.h"

namespace tandem::tests {

inline at::Tensor unit_rows(const at::Tensor& rows) { return rows / at::norm(rows, 2, {1}, /*keepdim=*/true); }

inline at::Tensor drawn(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

/// `images` pictures with three captions each, 16 columns; the noise is as large as the cause.
inline AuditGallery toy_gallery(std::int64_t images, std::uint64_t seed) {
  const at::Tensor cause = drawn({images, 16}, seed);
  const at::Tensor partner = at::arange(3 * images, at::kLong).div(3, "floor");
  const at::Tensor said = cause.index_select(0, partner) + drawn({3 * images, 16}, seed + 1);
  return {.image = unit_rows(cause + 0.5 * drawn({images, 16}, seed + 2)),
          .text = unit_rows(said),
          .image_of_text = partner,
          .text_features = said + 0.5 * drawn({3 * images, 16}, seed + 3) + 4,
          .logit_scale = 20};
}

}  // namespace tandem::tests

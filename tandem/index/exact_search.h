// The nearest rows of a large gallery, exactly, at the speed of reading an 8-bit copy of it.
//
// A pass over the 8-bit copy bounds every dot product from both sides (quantised_rows.h). A row whose
// upper bound is below the k-th largest lower bound cannot be among the k nearest. The few others
// are measured on the float32 rows.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "tandem/index/int8_products.h"
#include "tandem/index/quantised_rows.h"
#include "tandem/retrieval/top_k.h"

namespace tandem {

struct ExactSearchOptions {
  std::optional<at::Tensor> bias;     ///< [N] float32, finite: subtracted from similarities to rank; nullopt: none
  std::optional<at::Tensor> allowed;  ///< [N] bool: rows that may be answers; nullopt: all
  int threads = 0;                    ///< 0: one per core
  std::optional<Int8Kernel> kernel;   ///< nullopt: the fastest of this processor
};

struct ExactSearch {
  Nearest nearest;              ///< [Q, kept], kept = min(k, number of allowed rows); similarities without the bias
  std::int64_t remeasured = 0;  ///< rows that were measured in float32, all queries together
};

/// For every query the `k` allowed rows of the largest similarity minus bias. A similarity is the dot
/// product, summed in double and rounded to float32; it does not depend on threads, on the kernel or
/// on other queries. Equal scores come in the order of the rows.
///
///   query      [Q, D] float32
///   rows       [N, D] float32, contiguous, on the CPU; may be a mapped file: few rows are read
///   quantised  of the same rows
///
/// Throws c10::ValueError if shapes disagree, a query is not finite, k < 1, or no row is allowed.
ExactSearch exact_search(const at::Tensor& query, const at::Tensor& rows, const QuantisedRows& quantised,
                         std::int64_t k, const ExactSearchOptions& options = {});

}  // namespace tandem

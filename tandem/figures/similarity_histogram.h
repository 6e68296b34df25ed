// How far apart the similarities of true pairs and of other pairs are.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace tandem {

/// Area that two normalised histograms over common bins share: 1 for equal ones, 0 where no bin holds both.
///
///   aligned     [P]  similarities of true pairs
///   misaligned  [Q]  similarities of other pairs
///   bins        equal widths from the smallest to the largest of all values
///
/// Throws c10::ValueError if either is empty or not finite, or bins < 1.
double histogram_overlap(const at::Tensor& aligned, const at::Tensor& misaligned, std::int64_t bins = 60);

/// Draws both as translucent histograms of equal area with their overlap stated, and returns that overlap;
/// PNG, SVG or PDF by the ending of `out`.
/// Throws c10::ValueError as histogram_overlap does; FileError if the ending is another or the file cannot be
/// written.
double draw_similarity_histogram(const std::filesystem::path& out, const at::Tensor& aligned,
                                 const at::Tensor& misaligned,
                                 const std::string& title = "Similarity of pairs");

}  // namespace tandem

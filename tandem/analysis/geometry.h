// The shape of a shared space: how close true pairs are, how evenly a side fills its sphere, how
// far the two sides are apart, and in how many directions they spread.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tandem {

/// Mean squared distance of true pairs (Wang & Isola 2020, arXiv:2005.10242, section 4.1, alpha 2):
/// 0 at best, 2 for unrelated pairs.
///
///   image          [N, D]  float32, rows of unit length, as in all functions here
///   text           [M, D]
///   image_of_text  [M] int64, rows of `image`
///
/// Throws c10::ValueError if shapes differ, a side is empty, a value is not finite or a partner is
/// out of range.
double alignment(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text);

/// Log of the mean over all pairs of different rows of exp(-2 * squared distance) (same source, t
/// 2). Lower is more even: -4 is the limit for a uniform sphere of many dimensions; 0 means that
/// all rows are equal. Computed in tiles.
///
///   rows  [N, D]  N at least 2
double uniformity(const at::Tensor& rows);

/// How well a plane separates the sides: the balanced accuracy, in percent, of a least-squares
/// classifier that is fitted on the even rows of both sides and tested on the odd ones (equal
/// weight per side; ridge of 1e-4 on every weight). 50 if the sides mix, 100 if they are separate.
///
/// Each side needs at least 2 rows.
double linear_separability(const at::Tensor& image, const at::Tensor& text);

/// Exponential of the entropy of the singular values' shares (Roy & Vetterli 2007, EUSIPCO): from 1
/// (all rows in one direction) to the smaller of N and D.
double effective_rank(const at::Tensor& rows);

}  // namespace tandem

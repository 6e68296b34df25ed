// How similar two representations of the same items are, before any training: centred kernel
// alignment with linear kernels (Kornblith et al. 2019, arXiv:1905.00414), with the unbiased
// estimate of the dependence (Song et al. 2012, JMLR 13, HSIC_1; used for CKA by Nguyen et al.
// 2021, arXiv:2010.15327, eq. 3). The biased estimate increases with the width of the features and
// would favour wide encoders on small samples.
#pragma once

#include <ATen/core/Tensor.h>

namespace tandem {

/// A representation prepared for CKA: computed once, compared with many others.
class LinearGram {
 public:
  ///   features  [n, D]  float32, n at least 4: rows are the items
  ///
  /// Throws c10::ValueError if there are fewer rows or a value is not finite.
  explicit LinearGram(const at::Tensor& features);

  /// 1 for representations that are equal up to rotation and scale. 0 on average for independent
  /// ones; as the estimate is unbiased, it is sometimes below 0.
  /// Throws c10::ValueError if the other has another number of rows.
  double cka(const LinearGram& other) const;

 private:
  double hsic(const LinearGram& other) const;

  at::Tensor gram_;  ///< [n, n] of centred rows, the diagonal zero
  at::Tensor rows_;  ///< [n] float64, its row sums
  double total_ = 0;
  double self_ = 0;
};

}  // namespace tandem

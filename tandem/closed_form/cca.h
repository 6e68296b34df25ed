// Regularised canonical correlation analysis (Hotelling 1936; Vinod 1976 for the ridge). The
// canonical directions are weighted by a power of their correlations and compared by cosine, as in
// the retrieval of Gong et al. (2014, arXiv:1212.4522, section 3.2); Klein et al. (CVPR 2015) use
// it for captions of pictures.
#pragma once

#include "tandem/closed_form/paired_axes.h"

namespace tandem {

/// Directions a_k, b_k in which both sides correlate most, each uncorrelated with the earlier ones.
struct CanonicalDirections {
  at::Tensor image;         ///< [F, D] float64, in axes; a^T (C + l I) a = 1
  at::Tensor text;          ///< [G, D]
  at::Tensor correlations;  ///< [D], in descending order
};

/// Solves the regularised problem: singular vectors of (Cx + lx I)^-1/2 Cxy (Cy + ly I)^-1/2.
///
///   regularisation  lx and ly as a share of the side's mean variance; above 0
///   width           D, at most the narrower side's width; directions with less than 1e-5 of the
///                   largest correlation are left out too
///
/// Throws c10::ValueError if regularisation is not above 0, or width is below 1.
CanonicalDirections canonical_directions(const PairedAxes& pairs, double regularisation, std::int64_t width);

/// Both sides' directions times correlation^power. With power 0 all directions have equal weight.
LinearMaps weighted(const CanonicalDirections& directions, double power);

}  // namespace tandem

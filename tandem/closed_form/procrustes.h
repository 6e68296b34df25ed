// Orthogonal Procrustes (Schoenemann 1966): both sides are reduced to the same number of principal
// components, and one is rotated onto the other.
#pragma once

#include "tandem/closed_form/paired_axes.h"

namespace tandem {

/// The rotation R that minimises |image P - text Q R|^2 over pairs, where P and Q are the first
/// `width` principal axes: R = V U^T of the singular value decomposition U S V^T of P^T Cxy Q.
/// Pictures keep their components.
/// Throws c10::ValueError unless width is from 1 to the narrower side's width.
LinearMaps procrustes(const PairedAxes& pairs, std::int64_t width);

}  // namespace tandem

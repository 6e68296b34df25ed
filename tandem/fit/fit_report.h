// The result of a fit as text.
#pragma once

#include <iosfwd>

#include "tandem/fit/fit_model.h"

namespace tandem {

/// Writes what the model is made of, what was measured, what to beware of, and what to do next.
void print_fit(const FittedModel& model, std::ostream& out);

}  // namespace tandem

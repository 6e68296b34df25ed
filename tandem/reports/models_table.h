// Several measured models as a table and as JSON.
#pragma once

#include <iosfwd>
#include <vector>

#include "tandem/evaluation/measured_models.h"

namespace tandem {

/// Writes a table with one row per model.
void print_models(const std::vector<MeasuredModel>& models, std::ostream& out);
/// Name, settings and recalls of one model.
Json to_json(const MeasuredModel& model);

}  // namespace tandem

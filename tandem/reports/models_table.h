// Measured models beside each other, as a table and as JSON.
#pragma once

#include <iosfwd>
#include <vector>

#include "tandem/evaluation/measured_models.h"

namespace tandem {

void print_models(const std::vector<MeasuredModel>& models, std::ostream& out);
Json to_json(const MeasuredModel& model);

}  // namespace tandem

// The parts of a model's report about how it was learned and what its space looks like.
#pragma once

#include "tandem/figures/report_document.h"
#include "tandem/reports/model_measures.h"

namespace tandem {

/// Settings, curves or the reason why there are none, and the members of an ensemble.
ReportSection training_section(const ModelMeasures& measures);

/// The same pairs before and after, and how far similarities of true pairs stand out.
ReportSection space_section(const ModelMeasures& measures);

}  // namespace tandem

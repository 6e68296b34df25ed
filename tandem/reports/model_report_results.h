// The parts of a model's report that hold its numbers: head, protocol, results, slices.
#pragma once

#include <vector>

#include "tandem/figures/report_document.h"
#include "tandem/reports/model_measures.h"

namespace tandem {

/// Title, subtitle, the most important numbers, and what limits them. No sections.
ReportDocument report_head(const ModelMeasures& measures, const Model& model);

ReportSection protocol_section(const ModelMeasures& measures);

/// As search finds, with intervals and chance; below, without the correction.
ReportSection results_section(const ModelMeasures& measures);

ReportSection slices_section(const ModelMeasures& measures);

}  // namespace tandem

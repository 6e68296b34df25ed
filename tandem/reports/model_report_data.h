// The part of a model's report that states what the data is.
#pragma once

#include <cstdint>

#include "tandem/figures/report_document.h"
#include "tandem/reports/model_measures.h"

namespace tandem {

/// Source, terms of use, counts per split, and what was left out.
///
///   unreadable  number of pictures that the report shows without their thumbnails
ReportSection data_section(const ModelMeasures& measures, std::int64_t unreadable);

}  // namespace tandem

// The parts of a model's report that show pictures: pairs, hubs, audit.
#pragma once

#include "tandem/figures/report_document.h"
#include "tandem/reports/model_measures.h"
#include "tandem/reports/report_shelf.h"

namespace tandem {

/// The best pairs, near misses and the worst pairs, as search ranks them, with the pictures that
/// their captions find. The pictures are put on the shelf.
ReportSection pairs_section(const ModelMeasures& measures, ReportShelf& shelf);

/// How evenly the lists of nearest candidates are filled, and the candidates that are in most of
/// them.
ReportSection hubs_section(const ModelMeasures& measures, ReportShelf& shelf);

/// What an audit of the measured pairs says, or why there is none.
ReportSection audit_section(const ModelMeasures& measures, ReportShelf& shelf);

}  // namespace tandem

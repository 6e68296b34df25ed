// Numbers of retrieval, by the names that every JSON document uses.
#pragma once

#include "tandem/retrieval/hubness.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// {"r1", "r5", "r10": percent, "median_rank", "mean_rank"}
Json to_json(const RetrievalSummary& summary);

/// {"skewness", "never_found": share, "most"}
Json to_json(const Hubness& hubness);

}  // namespace tandem

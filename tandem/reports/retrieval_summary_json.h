// The numbers of one direction of retrieval, under the names that all JSON documents use.
#pragma once

#include "tandem/retrieval/recall.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// {"r1", "r5", "r10": percent, "median_rank", "mean_rank"}
Json to_json(const RetrievalSummary& summary);

}  // namespace tandem

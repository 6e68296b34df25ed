// Measured retrieval as a table with its protocol, and as JSON.
#pragma once

#include <iosfwd>
#include <optional>

#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/evaluation/retrieval_evaluation.h"
#include "tandem/storage/json_file.h"

namespace tandem {

void print_eval(const RetrievalInput& input, const RetrievalEvaluation& report, std::ostream& out);

/// The same numbers, and of a run its folder, data, split and seeds. doc/file_formats.md has every
/// key.
///   corrected  what the correction for hubs changes; nothing if none is applied
Json eval_json(const RetrievalInput& input, const RetrievalEvaluation& report,
               const std::optional<CorrectedRetrieval>& corrected = std::nullopt);

}  // namespace tandem

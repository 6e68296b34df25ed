// Measured retrieval as tables with the protocol, and as JSON.
#pragma once

#include <iosfwd>
#include <optional>

#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/evaluation/retrieval_evaluation.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes the tables of both directions with intervals, the protocol, and all that was measured
/// beside recall. What search does comes first.
///
///   corrected  retrieval with the correction for hubs; nullopt if none is applied
void print_eval(const RetrievalInput& input, const RetrievalEvaluation& report, std::ostream& out,
                const std::optional<CorrectedRetrieval>& corrected = std::nullopt);

/// The same numbers; for a run also its folder, data, split and seeds. doc/file_formats.md lists
/// every key. The keys beside "corrected" are those of the numbers without correction.
Json eval_json(const RetrievalInput& input, const RetrievalEvaluation& report,
               const std::optional<CorrectedRetrieval>& corrected = std::nullopt);

}  // namespace tandem

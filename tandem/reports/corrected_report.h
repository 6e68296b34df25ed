// What a correction for hubs is and does, in words and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// "Corrected for hubs by nnn, as 'tandem search' ranks: fitted on training queries (captions: ...)".
std::string correction_words(const CorrectedRetrieval& corrected);

/// The skewness of the k-occurrence, without and with the correction.
std::string skewness_words(const CorrectedRetrieval& corrected);

/// Every metric as table_json has it, the settings and the skewness; doc/file_formats.md lists every
/// key.
Json corrected_json(const CorrectedRetrieval& corrected, const std::vector<std::int64_t>& ks);

}  // namespace tandem

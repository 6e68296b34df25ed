// Corrected retrieval as text and as JSON.
#pragma once

#include <iosfwd>

#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/storage/json_file.h"

namespace tandem {

void print_corrected(const CorrectedRetrieval& corrected, std::ostream& out);
Json corrected_json(const CorrectedRetrieval& corrected);

}  // namespace tandem

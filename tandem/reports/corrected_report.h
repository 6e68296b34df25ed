// Corrected retrieval as text and as JSON.
#pragma once

#include <iosfwd>

#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes a table of recall with the correction and the skewness without and with it.
void print_corrected(const CorrectedRetrieval& corrected, std::ostream& out);
/// The same numbers; doc/file_formats.md lists every key.
Json corrected_json(const CorrectedRetrieval& corrected);

}  // namespace tandem

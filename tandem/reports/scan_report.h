// The pairs of encoder views from best to worst, as a table and as JSON.
#pragma once

#include <cstdint>
#include <iosfwd>

#include "tandem/evaluation/encoder_scan.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// Writes a table of the first `top` pairs, then how the numbers were computed.
void print_scan(const EncoderScan& scan, const ScanOptions& options, std::int64_t top, std::ostream& out);

/// The same numbers for all pairs.
Json scan_json(const EncoderScan& scan, const ScanOptions& options);

}  // namespace tandem

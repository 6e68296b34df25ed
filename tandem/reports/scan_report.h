// Pairs of encoders from best to worst, as a table and as JSON.
#pragma once

#include <cstdint>
#include <iosfwd>

#include "tandem/evaluation/encoder_scan.h"
#include "tandem/storage/json_file.h"

namespace tandem {

/// The first `top` pairs, then what was computed.
void print_scan(const EncoderScan& scan, const ScanOptions& options, std::int64_t top, std::ostream& out);

/// Every pair.
Json scan_json(const EncoderScan& scan, const ScanOptions& options);

}  // namespace tandem

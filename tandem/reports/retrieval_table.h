// One measurement of retrieval as a table and as JSON.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "tandem/retrieval/retrieval_intervals.h"
#include "tandem/storage/json_file.h"

namespace tandem {

struct RetrievalTable {
  const RetrievalResult& result;
  const std::vector<std::int64_t>& ks;           ///< the k of recall@k
  const std::vector<MetricInterval>& intervals;  ///< of retrieval_intervals; empty: none are shown
  bool with_chance = true;                       ///< show what embeddings without information reach
};

/// "image to text", "text to image" or "both ways", for the `way` of intervals and slices.
std::string way_words(const std::string& way);

/// "29.3-35.9"
std::string interval_text(const Interval& interval, int places);

/// Both directions with their intervals, the chance level, and rsum.
void print_table(const RetrievalTable& table, std::ostream& out);

/// {"image_to_text", "text_to_image": every metric and "interval"; "rsum"; "rsum_interval"; "chance"}.
/// A metric that is not known is null. doc/file_formats.md lists every key.
Json table_json(const RetrievalTable& table);

/// A list of two, or null if the interval is empty.
Json interval_json(const Interval& interval);

}  // namespace tandem

#include "fuzz/fuzz.h"
#include "tandem/parsing/csv_rows.h"

using namespace tandem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::answer([&] {
    for (const char separator : {',', '\t'}) {
      const auto rows = parse_csv(fuzz::text_of(data, size), "x.csv", separator);
      for (const CsvRow& row : rows) {
        if (row.fault.empty() && row.fields.size() != rows.front().fields.size()) std::abort();
      }
    }
  });
}

#include "fuzz/fuzz.h"
#include "tandem/parsing/csv_rows.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(csv) {
  return fuzz::answer([&] {
    for (const char separator : {',', '\t'}) {
      const auto rows = parse_csv(fuzz::text_of(data, size), "x.csv", separator);
      for (const CsvRow& row : rows) {
        if (row.fault.empty() && row.fields.size() != rows.front().fields.size()) std::abort();
      }
    }
  });
}

TANDEM_LARGE_SEEDS(csv) {
  return {fuzz::repeated("a,", 1'000'000) + "a\n" + fuzz::repeated("b,", 1'000'000) + "b\n",
          fuzz::repeated("a\n", 1'000'000), "\"" + fuzz::repeated("\"\"", 1'000'000),
          fuzz::repeated("\"a\",\"b\n", 200'000)};
}

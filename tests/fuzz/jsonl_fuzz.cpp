#include "fuzz/fuzz.h"
#include "tandem/parsing/jsonl_rows.h"

using namespace tandem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz::answer([&] {
    const auto rows = parse_jsonl(fuzz::text_of(data, size));
    for (const CsvRow& row : rows) {
      if (row.fault.empty() && row.fields.size() != rows.front().fields.size()) std::abort();
    }
  });
}

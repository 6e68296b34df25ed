#include "fuzz/fuzz.h"
#include "tandem/parsing/jsonl_rows.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(jsonl) {
  return fuzz::answer([&] {
    const auto rows = parse_jsonl(fuzz::text_of(data, size));
    for (const CsvRow& row : rows) {
      if (row.fault.empty() && row.fields.size() != rows.front().fields.size()) std::abort();
    }
  });
}

TANDEM_LARGE_SEEDS(jsonl) {
  return {R"({"image":"a.jpg","caption":)" + fuzz::nested_lists(500'000) + "}", fuzz::nested_objects(500'000),
          "{" + fuzz::counted("\"k", "\":\"\",", 200'000) + R"("z":""})",
          fuzz::counted("{\"image\":\"", ".jpg\",\"caption\":\"a\"}\n", 100'000)};
}

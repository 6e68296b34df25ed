#include "fuzz/fuzz.h"
#include "tandem/readers/table.h"

using namespace tandem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Folder folder;
  const auto file = folder.write("x.csv", fuzz::text_of(data, size));
  for (const TableFormat format : {TableFormat::kCsv, TableFormat::kTsv, TableFormat::kJsonl}) {
    fuzz::answer([&] { read_table(file, format); });
  }
  return 0;
}

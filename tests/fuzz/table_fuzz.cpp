#include "fuzz/fuzz.h"
#include "tandem/readers/table.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(table) {
  static fuzz::Folder folder;
  const auto file = folder.write("x.csv", fuzz::text_of(data, size));
  for (const TableFormat format : {TableFormat::kCsv, TableFormat::kTsv, TableFormat::kJsonl}) {
    fuzz::answer([&] { read_table(file, format); });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(table) {
  return {"image,caption" + fuzz::counted(",c", "", 500'000) + "\na.jpg,a dog" + fuzz::repeated(",", 500'000) + "\n",
          "image,caption\n" + fuzz::counted("a.jpg,a dog ", "\n", 200'000),
          R"({"image":"a.jpg","caption":)" + fuzz::nested_lists(500'000) + "}"};
}

#include "fuzz/fuzz.h"
#include "tandem/readers/table.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(table) {
  static fuzz::Folder folder;
  const auto file = folder.write("x.csv", fuzz::text_of(data, size));
  for (const TableFormat format : {TableFormat::kCsv, TableFormat::kTsv, TableFormat::kJsonl, TableFormat::kJson}) {
    fuzz::answer([&] { read_table(file, format); });
    fuzz::answer([&] { read_table(file, format, {.columns = {.image = "2", .caption = "1,words"}}); });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(table) {
  return {"image,caption" + fuzz::counted(",c", "", 500'000) + "\na.jpg,a dog" + fuzz::repeated(",", 500'000) + "\n",
          "image,caption\n" + fuzz::counted("a.jpg,a dog ", "\n", 200'000),
          "[" + fuzz::counted("{\"image\":\"", ".jpg\",\"caption\":\"a\"},", 100'000) + "{}]",
          fuzz::repeated("a;b,c|d\t", 500'000), R"({"image":"a.jpg","caption":)" + fuzz::nested_lists(500'000) + "}"};
}

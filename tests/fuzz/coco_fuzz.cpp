#include "fuzz/fuzz.h"
#include "tandem/readers/coco.h"
#include "tandem/readers/coco_categories.h"

using namespace tandem;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Folder folder;
  static const auto picture = folder.write("val2017/a.jpg", "picture");
  const auto file = folder.write("captions_val2017.json", fuzz::text_of(data, size));
  fuzz::answer([&] { read_coco(folder.path()); });
  return fuzz::answer([&] { read_main_categories(file); });
}

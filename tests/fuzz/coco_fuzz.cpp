#include "fuzz/fuzz.h"
#include "tandem/readers/coco.h"
#include "tandem/readers/coco_categories.h"
#include "tandem/readers/coco_files.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(coco) {
  static fuzz::Folder folder;
  static const auto picture = folder.write("val2017/a.jpg", "picture");
  const auto file = folder.write("captions_val2017.json", fuzz::text_of(data, size));
  fuzz::answer([&] { read_coco(folder.path()); });
  fuzz::answer([&] { read_coco_files(file.string(), true); });
  return fuzz::answer([&] { read_main_categories(file); });
}

TANDEM_LARGE_SEEDS(coco) {
  return {fuzz::nested_lists(500'000), R"({"images":)" + fuzz::nested_objects(500'000) + "}",
          R"({"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[)" +
              fuzz::counted("{\"image_id\":1,\"id\":", ",\"caption\":\"a\"},", 200'000) +
              R"({"image_id":1,"id":-1,"caption":"a"}]})"};
}

#include "fuzz/fuzz.h"
#include "tandem/images/picture_source.h"
#include "tandem/readers/webdataset.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(webdataset) {
  static fuzz::Folder folder;
  const auto file = folder.write("x.tar", fuzz::text_of(data, size));
  return fuzz::answer([&] {
    for (const CaptionedImage& image : read_webdataset(file.string()).images) read_source_bytes(image.picture);
  });
}

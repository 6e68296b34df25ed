#include "fuzz/fuzz.h"
#include "tandem/readers/flickr.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(flickr) {
  static fuzz::Folder folder;
  const auto text = fuzz::text_of(data, size);
  folder.write("Flickr_8k.trainImages.txt", text.substr(0, size / 4));
  for (const char* name : {"Flickr8k.token.txt", "captions.txt", "dataset_flickr8k.json"}) {
    const auto file = folder.write(name, text);
    fuzz::answer([&] { read_flickr(file, FlickrKind::kEight); });
  }
  const auto file = folder.write("results.csv", text);
  return fuzz::answer([&] { read_flickr(file, FlickrKind::kThirty); });
}

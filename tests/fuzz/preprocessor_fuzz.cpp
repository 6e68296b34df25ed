#include "fuzz/fuzz.h"
#include "tandem/encoders/image_prep.h"

using namespace tandem;

TANDEM_FUZZ_TARGET(preprocessor) {
  static fuzz::Folder folder;
  const RgbImage image{.height = 7, .width = 5, .pixels = std::vector<std::uint8_t>(7 * 5 * 3, 200)};
  const auto file = folder.write("preprocessor_config.json", fuzz::text_of(data, size));
  for (const char* otherwise : {"", "ViT", "DeiT", "CLIP", "Bit", "ConvNext"}) {
    fuzz::answer([&] {
      const ImagePrep prep = read_image_prep(file, otherwise);
      const PreparedSize prepared = prepared_size(prep, image.height, image.width);
      // Sides may be thousands of pixels, which says little here and takes long.
      if (prep.resize_height <= 400 && prep.resize_width <= 400 && prepared.height <= 400 && prepared.width <= 400)
        prepare_image(image, prep);
    });
  }
  return 0;
}

TANDEM_LARGE_SEEDS(preprocessor) {
  return {fuzz::nested_lists(1'000'000), R"({"size":)" + fuzz::nested_objects(500'000) + "}",
          R"({"image_mean":)" + fuzz::nested_lists(500'000) + "}", R"({"do_pad":)" + fuzz::nested_lists(500'000) + "}",
          "{" + fuzz::counted("\"k", "\":0,", 100'000) + "\"z\":0}"};
}

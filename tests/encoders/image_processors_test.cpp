#include "tandem/encoders/image_processors.h"

#include <ATen/TensorOperators.h>
#include <doctest/doctest.h>

#include "tandem/encoders/image_prep.h"
#include "test_data.h"

using namespace tandem;

TEST_CASE("a processor's family is its name without the ending") {
  CHECK(processor_family("ViTImageProcessor") == "ViT");
  CHECK(processor_family("ConvNextImageProcessorFast") == "ConvNext");
  CHECK(processor_family("DeiTFeatureExtractor") == "DeiT");
  CHECK(processor_family("") == "");
}

TEST_CASE("what a file says stands and what it leaves out is the processor's") {
  const Json filled = with_processor_defaults({{"resample", 1}, {"size", nullptr}, {"crop_size", 7}}, "CLIP");
  CHECK(filled["resample"] == 1);
  CHECK(filled["size"] == Json({{"shortest_edge", 224}}));
  CHECK(filled["crop_size"] == 7);
  CHECK(filled["do_center_crop"] == true);
  CHECK(!with_processor_defaults({{"crop_size", 7}}, "ViT").contains("crop_size"));
  const Json unknown = {{"crop_size", 7}};
  CHECK(with_processor_defaults(unknown, "Other") == unknown);
}

TEST_CASE("a file that names no processor is the model's usual one") {
  const tests::ScratchFolder folder;
  write_json(folder / "preprocessor_config.json", {{"do_normalize", true}, {"size", 224}});
  const ImagePrep prep = read_image_prep(folder / "preprocessor_config.json", "ViT");
  CHECK(prep.resize == ResizeRule::kExact);
  CHECK(prep.resize_width == 224);
  CHECK(prep.filter == Filter::kBilinear);
  CHECK(prep.crop_height == 0);
  CHECK_THROWS_AS(read_image_prep(folder / "preprocessor_config.json"), FileError);
}

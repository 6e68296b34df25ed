#include "tandem/encoders/image_processors.h"

#include <ATen/TensorOperators.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/encoders/image_prep.h"
#include "test_data.h"

using namespace tandem;

TEST_CASE("a processor's family is its name without the ending") {
  CHECK(processor_family("ViTImageProcessor") == "ViT");
  CHECK(processor_family("ConvNextImageProcessorFast") == "ConvNext");
  CHECK(processor_family("DeiTFeatureExtractor") == "DeiT");
  CHECK(processor_family("") == "");
  CHECK(is_fast_processor("ViTImageProcessorFast"));
  CHECK(!is_fast_processor("ViTImageProcessor"));
}

TEST_CASE("a processor that is not repeated is refused beside those that are") {
  const tests::ScratchFolder folder;
  for (const char* type :
       {"LevitImageProcessor", "MobileViTImageProcessor", "EfficientNetImageProcessor", "OtherImageProcessorFast"}) {
    write_json(folder / "preprocessor_config.json",
               {{"image_processor_type", type}, {"size", {{"height", 8}, {"width", 8}}}});
    const std::string expected =
        "\"image_processor_type\" to be one of ViTImageProcessor, DeiTImageProcessor, CLIPImageProcessor, "
        "BitImageProcessor, "
        "ConvNextImageProcessor, or one of these with Fast behind, found \"" +
        std::string(type) + "\"";
    CHECK_THROWS_WITH_AS(read_image_prep(folder / "preprocessor_config.json", "ViT"),
                         doctest::Contains(expected.c_str()), FileError);
  }
}

TEST_CASE("what a file says stands and what it leaves out is the processor's") {
  const Json filled = with_processor_defaults({{"resample", 1}, {"size", nullptr}, {"crop_size", 7}}, "CLIP");
  CHECK(filled["resample"] == 1);
  CHECK(filled["size"] == Json({{"shortest_edge", 224}}));
  CHECK(filled["crop_size"] == 7);
  CHECK(filled["do_center_crop"] == true);
  CHECK(!with_processor_defaults({{"crop_size", 7}}, "ViT").contains("crop_size"));
  const Json unknown = {{"crop_size", 7}};
  CHECK(with_processor_defaults(unknown, "") == unknown);
  const Json fast = with_processor_defaults(unknown, "ViTImageProcessorFast");
  CHECK(fast["crop_size"] == 7);
  CHECK(fast["do_center_crop"] == false);
}

TEST_CASE("the thin ResNet of the quality benchmark is prepared as it was trained") {
  const std::filesystem::path file = tests::source_dir() / "benchmarks" / "quality" / "thin_resnet_preprocessor.json";
  const ImagePrep prep = read_image_prep(file, "ConvNext");  // a resnet's processor where no other is named
  CHECK(prep.resize == ResizeRule::kExact);
  CHECK(prep.resize_height == 256);
  CHECK(prep.crop_width == 224);
  CHECK(prep.filter == Filter::kBilinear);
  CHECK(prep.mean == std::array<double, 3>{123 / 255.0, 117 / 255.0, 104 / 255.0});
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

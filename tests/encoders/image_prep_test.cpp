#include "tandem/encoders/image_prep.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "images/formula_picture.h"
#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::formula_picture;
using tandem::tests::ScratchFolder;

namespace {

Json prep_cases() { return read_json(tests::reference_dir() / "images" / "prep.json"); }

/// What a folder of CLIP's holds, changed by `change` (a merge patch).
ImagePrep read_changed(const Json& change = Json::object()) {
  Json config = {{"image_processor_type", "CLIPImageProcessor"},
                 {"do_resize", true},
                 {"size", {{"shortest_edge", 224}}},
                 {"resample", 3},
                 {"do_center_crop", true},
                 {"crop_size", {{"height", 224}, {"width", 224}}},
                 {"do_rescale", true},
                 {"rescale_factor", 0.5},
                 {"do_normalize", true},
                 {"image_mean", {0.1, 0.2, 0.3}},
                 {"image_std", {1, 2, 4}}};
  config.merge_patch(change);
  const ScratchFolder folder;
  write_json(folder / "preprocessor_config.json", config);
  return read_image_prep(folder / "preprocessor_config.json");
}

}  // namespace

TEST_CASE("prepared pictures equal those of the image processors of transformers bit for bit") {
  const ScratchFolder folder;
  for (const Json& row : prep_cases()) {
    CAPTURE(row["name"].get<std::string>());
    CAPTURE(row["from"].dump());
    write_json(folder / "preprocessor_config.json", row["config"]);
    const ImagePrep prep = read_image_prep(folder / "preprocessor_config.json");
    const at::Tensor pixels = prepare_image(formula_picture(row["from"][0], row["from"][1]), prep);
    REQUIRE(pixels.sizes() == at::IntArrayRef(row["to"].get<std::vector<std::int64_t>>()));
    CHECK(tests::adler32(pixels.const_data_ptr(), pixels.nbytes()) == row["adler32"].get<std::uint32_t>());
  }
}

TEST_CASE("every field of the file arrives in the plain struct") {
  const ImagePrep prep = read_changed();
  CHECK(prep.resize == ResizeRule::kShortestEdge);
  CHECK(prep.resize_height == 224);
  CHECK(prep.filter == Filter::kBicubic);
  CHECK(prep.crop_height == 224);
  CHECK(prep.crop_width == 224);
  CHECK(prep.crop_rounding == CropRounding::kDown);
  CHECK(prep.rescale_factor == 0.5);
  CHECK(prep.mean == std::array<double, 3>{0.1, 0.2, 0.3});
  CHECK(prep.std == std::array<double, 3>{1, 2, 4});
}

TEST_CASE("steps that are turned off do nothing") {
  const ImagePrep prep = read_changed(
      {{"do_resize", false}, {"do_center_crop", false}, {"do_rescale", false}, {"do_normalize", false}});
  const RgbImage picture = formula_picture(5, 7);
  const at::Tensor pixels = prepare_image(picture, prep);
  for (std::int64_t i = 0; i < 3 * 5 * 7; ++i) {
    CHECK(pixels.const_data_ptr<float>()[(i % 3) * 35 + i / 3] == picture.pixels[i]);
  }
}

TEST_CASE("a size of one number means what the named processor makes of it") {
  CHECK(read_changed({{"size", 224}}).resize == ResizeRule::kShortestEdge);
  CHECK(read_changed({{"size", 224}, {"image_processor_type", "ViTImageProcessor"}}).resize ==
        ResizeRule::kExact);
  const Json old_name = {
      {"size", 224}, {"image_processor_type", nullptr}, {"feature_extractor_type", "DeiTFeatureExtractor"}};
  CHECK(read_changed(old_name).resize == ResizeRule::kExact);
  CHECK_THROWS_WITH_AS(read_changed({{"size", 224}, {"image_processor_type", nullptr}}),
                       doctest::Contains("image_processor_type"), FileError);
}

TEST_CASE("a field that is missing or wrong is refused by its name") {
  const auto refuses = [](Json change, const char* part) {
    change["image_processor_type"] = "OtherImageProcessor";  // One whose defaults nobody knows.
    CAPTURE(change.dump());
    CHECK_THROWS_WITH_AS(read_changed(change), doctest::Contains(part), FileError);
  };
  refuses({{"size", nullptr}}, "\"size\"");
  refuses({{"size", {{"shortest_edge", nullptr}, {"longest_edge", 224}}}},
          "\"size\" with height and width, or shortest_edge");
  refuses({{"size", {{"shortest_edge", 0}}}}, "\"size\" to give sides of 1 to 16384");
  refuses({{"size", {{"shortest_edge", "big"}}}}, "found the string \"big\"");
  refuses({{"resample", nullptr}}, "\"resample\"");
  refuses({{"resample", 6}}, "\"resample\" of 0 to 5");
  refuses({{"crop_size", nullptr}, {"do_center_crop", true}}, "\"crop_size\"");
  refuses({{"crop_size", {{"height", 1e9}}}}, "\"crop_size\"");
  refuses({{"do_center_crop", "yes"}}, "\"do_center_crop\"");
  refuses({{"rescale_factor", 0}}, "\"rescale_factor\"");
  refuses({{"image_mean", {0.5, 0.5}}}, "\"image_mean\" as three finite numbers");
  refuses({{"image_std", {1, 0, 1}}}, "\"image_std\" without 0");
  refuses({{"do_pad", true}}, "\"do_pad\" to be false");
  refuses({{"crop_pct", 2}}, "\"crop_pct\"");
}

TEST_CASE("odd margins are rounded down for transformers and half to even for torchvision") {
  // A picture 5 pixels wide and a crop of 2: a margin of 3, whose half is 1.5.
  const RgbImage picture = formula_picture(2, 5);
  ImagePrep prep{.crop_height = 2, .crop_width = 2, .rescale_factor = 1};
  CHECK(prepare_image(picture, prep)[0][0][0].item<float>() == picture.pixels[3 * 1]);
  prep.crop_rounding = CropRounding::kHalfToEven;
  CHECK(prepare_image(picture, prep)[0][0][0].item<float>() == picture.pixels[3 * 2]);
  CHECK(read_changed({{"image_processor_type", "CLIPImageProcessorFast"}}).crop_rounding ==
        CropRounding::kHalfToEven);
}

TEST_CASE("a slot of a batch gets the same numbers and its neighbours stay") {
  const ImagePrep prep{.resize = ResizeRule::kExact, .resize_height = 9, .resize_width = 11};
  const at::Tensor batch = at::zeros({3, 3, 9, 11}, at::kFloat);
  prepare_image_into(formula_picture(20, 30), prep, batch[1]);
  CHECK(at::equal(batch[1], prepare_image(formula_picture(20, 30), prep)));
  CHECK(batch[0].count_nonzero().item<std::int64_t>() == 0);
  CHECK(batch[2].count_nonzero().item<std::int64_t>() == 0);
  CHECK_THROWS_WITH_AS(prepare_image_into(formula_picture(20, 30), prep, at::empty({3, 9, 12})),
                       doctest::Contains("[3, 9, 11], got [3, 9, 12]"), c10::ValueError);
}

TEST_CASE("the prepared size is known before any picture where something fixes it") {
  CHECK(prepared_size({.crop_height = 4, .crop_width = 6}).width == 6);
  CHECK(prepared_size({.resize = ResizeRule::kExact, .resize_height = 4, .resize_width = 5}).height == 4);
  const ImagePrep shortest{.resize = ResizeRule::kShortestEdge, .resize_height = 10};
  CHECK(prepared_size(shortest, 20, 33).width == 16);
  CHECK(prepared_size(shortest, 33, 20).height == 16);
  CHECK_THROWS_AS(prepared_size(shortest), c10::ValueError);
  CHECK_THROWS_AS(prepare_image(RgbImage{}, shortest), c10::ValueError);
}

TEST_CASE("a very long picture costs no more than its crop") {
  RgbImage strip{1, 300'000, std::vector<std::uint8_t>(900'000, 77)};
  const ImagePrep prep{.resize = ResizeRule::kShortestEdge,
                       .resize_height = 256,
                       .crop_height = 8,
                       .crop_width = 8,
                       .rescale_factor = 1};
  CHECK(prepare_image(strip, prep)[1][4][4].item<float>() == 77);
}

#include "tandem/encoders/image_prep.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>

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

std::string from_base64(const std::string& text) {
  static const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char letter : text) {
    if (letter == '=') break;
    bits = bits << 6 | static_cast<std::uint32_t>(letters.find(letter));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held & 255));
  }
  return bytes;
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

TEST_CASE("fast and slow processors each crop and pad at the pixel transformers does") {
  const ScratchFolder folder;
  std::int64_t exact = 0, fast = 0;
  for (const Json& row : read_json(tests::reference_dir() / "images" / "prep_fast.json")) {
    const auto type = row["config"]["image_processor_type"].get<std::string>();
    CAPTURE(row["config"].dump());
    write_json(folder / "preprocessor_config.json", row["config"]);
    const ImagePrep prep = read_image_prep(folder / "preprocessor_config.json");
    const at::Tensor pixels = prepare_image(formula_picture(row["from"][0], row["from"][1]), prep);
    REQUIRE(pixels.sizes() == at::IntArrayRef(row["to"].get<std::vector<std::int64_t>>()));
    const std::string bytes = from_base64(row["bytes"].get<std::string>());
    REQUIRE(static_cast<std::int64_t>(bytes.size()) == pixels.numel());
    double largest = 0;
    for (std::int64_t i = 0; i < pixels.numel(); ++i) {
      const double expected = static_cast<std::uint8_t>(bytes[i]);
      largest = std::max(largest, std::abs(pixels.const_data_ptr<float>()[i] - expected));
    }
    // torchvision resizes with other arithmetic than Pillow; a pixel's shift would be a hundred
    // levels here.
    const bool is_fast = type.ends_with("Fast");
    CHECK(largest <= (is_fast ? 8 : 0));
    exact += largest == 0 ? 1 : 0;
    fast += is_fast ? 1 : 0;
  }
  CHECK(fast >= 18);
  CHECK(exact >= 18);
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
  const ImagePrep prep =
      read_changed({{"do_resize", false}, {"do_center_crop", false}, {"do_rescale", false}, {"do_normalize", false}});
  const RgbImage picture = formula_picture(5, 7);
  const at::Tensor pixels = prepare_image(picture, prep);
  for (std::int64_t i = 0; i < 3 * 5 * 7; ++i) {
    CHECK(pixels.const_data_ptr<float>()[(i % 3) * 35 + i / 3] == picture.pixels[i]);
  }
}

TEST_CASE("a size of one number means what the named processor makes of it") {
  CHECK(read_changed({{"size", 224}}).resize == ResizeRule::kShortestEdge);
  CHECK(read_changed({{"size", 224}, {"image_processor_type", "ViTImageProcessor"}}).resize == ResizeRule::kExact);
  const Json old_name = {
      {"size", 224}, {"image_processor_type", nullptr}, {"feature_extractor_type", "DeiTFeatureExtractor"}};
  CHECK(read_changed(old_name).resize == ResizeRule::kExact);
  CHECK_THROWS_WITH_AS(read_changed({{"size", 224}, {"image_processor_type", nullptr}}),
                       doctest::Contains("image_processor_type"), FileError);
}

TEST_CASE("a field that is missing or wrong is refused by its name") {
  const auto refuses = [](Json change, const char* part) {
    change["image_processor_type"] = nullptr;  // So that there are no defaults.
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
  refuses({{"do_flip_channel_order", true}}, "\"do_flip_channel_order\" to be false");
  refuses({{"do_anything", 1}}, "\"do_anything\" to be false");
  refuses({{"input_data_format", "channels_last"}}, "\"input_data_format\" to be null or channels_first");
  refuses({{"interpolation", "area"}}, "an \"image_processor_type\" that says what \"interpolation\" means");
  refuses({{"crop_pct", 2}}, "\"crop_pct\"");
}

TEST_CASE("a number that makes no sense is refused whether the processor looks at it or not") {
  for (const char* type :
       {"ViTImageProcessor", "CLIPImageProcessor", "ConvNextImageProcessor", "DeiTImageProcessorFast"}) {
    const auto refuses = [&](const char* field, const Json& value, const std::string& found) {
      const Json size = type[0] == 'V' || type[0] == 'D'
                            ? Json{{"shortest_edge", nullptr}, {"height", 224}, {"width", 224}}
                            : Json{{"shortest_edge", 224}};
      Json change = {{"image_processor_type", type}, {"do_center_crop", false}, {"size", size}};
      CHECK_NOTHROW(read_changed(change));
      change[field] = value;
      CHECK_THROWS_WITH_AS(read_changed(change), doctest::Contains(("\"" + std::string(field) + "\"" + found).c_str()),
                           FileError);
    };
    refuses("crop_pct", 0, " above 0, found 0");
    refuses("crop_pct", -1, " above 0, found -1");
    refuses("crop_pct", 1.5, " above 0 and at most 1, found 1.5");
    refuses("rescale_factor", -1, " above 0, found -1");
    refuses("image_std", {1, -0.5, 1}, " without 0 or less, found [1,-0.5,1]");
    refuses("crop_size", 1000000, " to give sides of 1 to 16384 pixels, found the number 1000000");
    refuses("crop_size", {{"height", 224}, {"width", 2.5}},
            " to give sides of 1 to 16384 pixels, found the number 2.5");
  }
  CHECK_THROWS_WITH_AS(read_changed({{"image_processor_type", "ConvNextImageProcessor"}, {"crop_pct", 1e-9}}),
                       doctest::Contains("a \"crop_pct\" that asks for pictures of at most 16384 pixels, found 1e-09"),
                       FileError);
}

TEST_CASE("a size that a processor does not take is refused with its name") {
  CHECK_THROWS_WITH_AS(read_changed({{"image_processor_type", "DeiTImageProcessor"}}),
                       doctest::Contains("\"size\" with height and width, as a DeiTImageProcessor takes no other"),
                       FileError);
  const Json box = {{"shortest_edge", nullptr}, {"height", 8}, {"width", 8}};
  CHECK_THROWS_WITH_AS(read_changed({{"image_processor_type", "ConvNextImageProcessor"}, {"size", box}}),
                       doctest::Contains("\"size\" with shortest_edge, as a ConvNextImageProcessor takes no other"),
                       FileError);
  CHECK_THROWS_WITH_AS(read_changed({{"image_processor_type", "CLIPImageProcessorFast"}, {"resample", 1}}),
                       doctest::Contains("\"resample\" of 2 or 3 for a CLIPImageProcessorFast, found 1"), FileError);
}

TEST_CASE("odd margins are rounded down for transformers and half to even for torchvision") {
  // A picture 5 pixels wide and a crop of 2: a margin of 3, whose half is 1.5.
  const RgbImage picture = formula_picture(2, 5);
  ImagePrep prep{.crop_height = 2, .crop_width = 2, .rescale_factor = 1};
  CHECK(prepare_image(picture, prep)[0][0][0].item<float>() == picture.pixels[3 * 1]);
  prep.crop_rounding = CropRounding::kHalfToEven;
  CHECK(prepare_image(picture, prep)[0][0][0].item<float>() == picture.pixels[3 * 2]);
  CHECK(read_changed({{"image_processor_type", "CLIPImageProcessorFast"}}).crop_rounding == CropRounding::kDownFast);
  CHECK(
      read_changed({{"image_processor_type", "ConvNextImageProcessorFast"}, {"do_center_crop", false}}).crop_rounding ==
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

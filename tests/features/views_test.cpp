#include "tandem/features/views.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encoding_plan.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;

TEST_CASE("views are read as they are written") {
  const std::vector<View> views = parse_views("mean,max@-2,cls@0");
  REQUIRE(views.size() == 3);
  CHECK(view_text(views[0]) == "mean");
  CHECK(view_text(views[1]) == "max@-2");
  CHECK(views[2].layer == 0);
  CHECK(views[2].pooling == Pooling::kCls);
}

TEST_CASE("layers are counted from the embeddings or from the last") {
  const std::vector<View> views = parse_views("mean,max@-2,cls@0");
  CHECK(layer_index(views[0], 12) == 12);
  CHECK(layer_index(views[1], 12) == 11);
  CHECK(layer_index(views[2], 12) == 0);
}

TEST_CASE("an image source gives layers of their own width and refuses those it does not have") {
  const std::filesystem::path resnet = tests::reference_dir() / "encoders" / "tiny_resnet_bottleneck";
  CHECK(feature_width(open_image_source(resnet, parse_views("mean,max@-2,mean@0"))) == 24 + 20 + 6);
  CHECK_THROWS_WITH_AS(open_image_source(resnet, parse_views("mean@4")),
                       doctest::Contains("expected layers from 0 (the embeddings) to 3, found \"mean@4\""), FileError);
  CHECK_THROWS_WITH_AS(open_image_source(resnet, parse_views("mean@-5")), doctest::Contains("found \"mean@-5\""),
                       FileError);
  CHECK_THROWS_WITH_AS(open_image_source(resnet, parse_views("cls")), doctest::Contains("a resnet has no class token"),
                       FileError);
  const std::filesystem::path vit = tests::reference_dir() / "encoders" / "tiny_vit";
  CHECK(feature_width(open_image_source(vit, parse_views("cls,mean@1"))) == 48);
}

TEST_CASE("a mirrored view is for pictures alone") {
  const View view = parse_views("mean,max@-2+mirror")[1];
  CHECK(view.mirror);
  CHECK(view_text(view) == "max@-2+mirror");
  CHECK_THROWS_WITH_AS(open_text_source(tests::reference_dir() / "encoders" / "tiny_bert", parse_views("mean+mirror")),
                       doctest::Contains("captions, which have no mirror image, found \"mean+mirror\""), FileError);
}

TEST_CASE("a view of tokens is as wide as its tokens, and of pictures a grid") {
  const View view = parse_views("mean,tokens:6@-2")[1];
  CHECK(view.tokens == 6);
  CHECK(view.layer == -2);
  CHECK(view_text(view) == "tokens:6@-2");
  const std::filesystem::path bert = tests::reference_dir() / "encoders" / "tiny_bert";
  const std::filesystem::path vit = tests::reference_dir() / "encoders" / "tiny_vit";
  const TextSource texts = open_text_source(bert, parse_views("mean,tokens:6"));
  CHECK(feature_width(texts) == 7 * texts.tower.encoder->width());
  CHECK_THROWS_WITH_AS(open_image_source(vit, parse_views("tokens:6")),
                       doctest::Contains("a square number of a picture's tokens"), FileError);
  CHECK(feature_width(open_image_source(vit, parse_views("tokens:4,cls"))) == 5 * 24);
}

TEST_CASE("a view that is none is named") {
  for (const char* wrong : {"", "median", "mean@", "mean@x", "mean@1x", "mean,,max", "Mean", "+mirror", "mean+mirrors",
                            "mean+mirror@1", "mean@99999999999999999999", "tokens", "tokens:", "tokens:0", "tokens:-1",
                            "tokens:4097", "tokens:4+mirror", "tokens:x"}) {
    CHECK_THROWS_WITH_AS(parse_views(wrong), doctest::Contains("a pooling is cls, mean, max or last"), c10::ValueError);
  }
}

TEST_CASE("a picture has no last token") {
  const std::filesystem::path folder = tests::reference_dir() / "encoders" / "tiny_efficientnet";
  CHECK_THROWS_WITH_AS(
      open_image_source(folder, parse_views("last")),
      doctest::Contains("expected cls, mean or max pooling, for no patch is a picture's end, found \"last\""),
      FileError);
  CHECK(feature_width(open_text_source(tests::reference_dir() / "encoders" / "tiny_clip", parse_views("last,mean"))) ==
        48);
}

TEST_CASE("a mirrored view is the average of a picture's and its mirror image's") {
  const c10::InferenceMode inference;
  const std::filesystem::path folder = tests::reference_dir() / "encoders" / "tiny_vit";
  const tests::ScratchFolder scratch;
  RgbImage slope{.height = 40, .width = 40, .pixels = std::vector<std::uint8_t>(40 * 40 * 3)};
  for (std::size_t i = 0; i < slope.pixels.size(); ++i) slope.pixels[i] = static_cast<std::uint8_t>(i / 3 % 40 * 6);
  write_file(scratch / "slope.jpg", encode_jpeg(slope, 95));
  const PictureSource picture{.file = scratch / "slope.jpg"};
  std::vector<ImageSource> sources;
  sources.push_back(open_image_source(folder, parse_views("cls,max@1+mirror")));
  const at::Tensor features = encode_images(sources, {picture}, 1, {}).features;

  const ImageTower& tower = sources[0].tower;
  const at::Tensor pixels = prepare_image(read_picture(picture), tower.prep).unsqueeze(0);
  const auto maximum = [&](const at::Tensor& of) {
    return pool_patches(tower.encoder->states(of, {1})[0], tower.encoder->leading_tokens(), Pooling::kMax);
  };
  const at::Tensor seen = maximum(pixels);
  const at::Tensor mirrored = maximum(pixels.flip(3));
  CHECK(!at::allclose(seen, mirrored));
  CHECK(at::allclose(features.narrow(1, 0, tower.encoder->width()), tower.encoder->patch_states(pixels).select(1, 0),
                     1e-5, 1e-6));
  CHECK(at::allclose(features.narrow(1, tower.encoder->width(), seen.size(1)), (seen + mirrored) / 2, 1e-5, 1e-6));
}

TEST_CASE("shards of wide features have fewer rows") {
  CHECK(bounded_rows(8192, 384) == 8192);
  CHECK(bounded_rows(8192, 24 * 384) == 7281);
  CHECK(bounded_rows(1024, std::int64_t{1} << 40) == 1);
}

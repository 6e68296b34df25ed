#include "tandem/finetuning/tuned_side.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include "finetuning/tuned_encoders.h"
#include "tandem/base/errors.h"
#include "tandem/features/encode_images.h"
#include "tandem/features/encode_texts.h"
#include "tandem/finetuning/open_tuned_side.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

const std::vector<std::string> kCaptions = {"a dog runs",
                                            "a red ball",
                                            "cat",
                                            "a dog , a cat , a ball .",
                                            "running",
                                            "red red blue ball",
                                            "a blue dog runs . a cat",
                                            "ball",
                                            "a cat runs ,"};

/// Two encoders, views of several layers, among them frozen ones in between.
std::vector<TextSource> two_sources() {
  std::vector<TextSource> sources;
  sources.push_back(open_text_source(tiny_encoder("bert"), parse_views("mean@0,mean,max@1,cls@-1")));
  sources.push_back(open_text_source(tiny_encoder("distilbert"), parse_views("max,mean@0")));
  return sources;
}

struct OpenedTexts {
  std::vector<TextSource> sources = two_sources();
  at::Tensor features = encode_texts(sources, kCaptions, 1);
  TunedSide side;

  explicit OpenedTexts(const OpenSideOptions& options) : side(open(options)) {}

  TunedSide open(const OpenSideOptions& options) const {
    at::Generator chance = at::detail::createCPUGenerator(3);
    return open_tuned_texts(sources, kCaptions, features.detach().clone(), options, chance);
  }
};

}  // namespace

TEST_CASE("before training a side's features are those of the store, whatever is frozen and however it is cut" *
          doctest::test_suite("slow")) {
  const std::vector<std::int64_t> items = {4, 0, 3, 3, 8, 1};
  for (const std::int64_t layers : {0, 1, 2}) {
    for (const std::int64_t chunk : {1, 2, 100}) {
      const OpenedTexts texts({.tuning = {.layers = layers}, .chunks = {.items = chunk}});
      const at::Tensor expected = texts.features.index_select(0, at::arange(9).index_select(0, at::tensor(items)));
      CHECK((texts.side.features(items) - expected).abs().max().item<double>() < 1e-5);
    }
  }
}

TEST_CASE("gradients through chunks equal those of the whole batch at once" * doctest::test_suite("slow")) {
  const std::vector<std::int64_t> items = {4, 0, 3, 3, 8, 1, 0};  // uneven chunks, repeated items
  at::Generator chance = at::detail::createCPUGenerator(9);
  for (const TuningOptions& tuning :
       {TuningOptions{}, TuningOptions{.layers = 1}, TuningOptions{.rank = 2, .targets = LowRankTargets::kAllLinear}}) {
    const OpenedTexts direct({.tuning = tuning});
    const at::Tensor features = direct.side.differentiable_features(items);
    const at::Tensor weight = at::randn(features.sizes(), chance);
    (features * weight + features * features).sum().backward();
    const std::vector<at::Tensor> expected = gradients_of(direct.side.parameters());
    for (const ChunkLimits& limits : {ChunkLimits{.items = 2}, ChunkLimits{.items = 3, .checkpointing = true},
                                      ChunkLimits{.memory_bytes = 40000}}) {
      const OpenedTexts chunked({.tuning = tuning, .chunks = limits});
      const at::Tensor leaf = chunked.side.features(items).requires_grad_();
      (leaf * weight + leaf * leaf).sum().backward();
      chunked.side.backward(items, leaf.grad());
      CHECK(relative_difference(gradients_of(chunked.side.parameters()), expected) < 1e-5);
    }
  }
}

TEST_CASE("a side without encoders of transformer layers is refused, one with some trains these" *
          doctest::test_suite("slow")) {
  std::vector<ImageSource> sources;
  sources.push_back(open_image_source(tiny_encoder("resnet_basic"), parse_views("mean")));
  at::Generator chance = at::detail::createCPUGenerator(3);
  const std::vector<PictureSource> none;
  CHECK_THROWS_WITH_AS(
      open_tuned_pictures(sources, none, at::randn({0, 10}), {}, chance),
      doctest::Contains("expected an encoder of transformer layers, whose last ones can be trained, found resnet"),
      FileError);
  sources.push_back(open_image_source(tiny_encoder("vit"), parse_views("cls,mean@1")));
  const TunedSide side = open_tuned_pictures(sources, none, at::randn({0, 10 + 48}), {.tuning = {.layers = 1}}, chance);
  REQUIRE(side.encoders().size() == 1);
  CHECK(side.encoders()[0].number == 1);
  REQUIRE(side.encoders()[0].views.size() == 1);  // mean@1 is of a frozen layer
  CHECK(side.encoders()[0].views[0].column == 10);
}

TEST_CASE("views that do not reach the trained layers are refused" * doctest::test_suite("slow")) {
  std::vector<TextSource> sources;
  sources.push_back(open_text_source(tiny_encoder("bert"), parse_views("mean@1")));
  at::Generator chance = at::detail::createCPUGenerator(3);
  CHECK_THROWS_WITH_AS(
      open_tuned_texts(sources, kCaptions, at::randn({9, 24}), {.tuning = {.layers = 2}}, chance),
      doctest::Contains(
          "expected views that reach layer 2 or deeper, to train as many layers, found none deeper than 1"),
      FileError);
}

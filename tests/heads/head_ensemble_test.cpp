#include "tandem/heads/head_ensemble.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

using namespace tandem;

namespace {

ProjectionHead drawn_head(std::int64_t features, const HeadOptions& options, std::uint64_t seed) {
  return {options,
          {.mean = at::zeros({features}), .deviation = at::ones({features})},
          at::detail::createCPUGenerator(seed)};
}

}  // namespace

TEST_CASE("an ensemble's cosine similarity is the mean of its members'") {
  const HeadOptions narrow = {.embedding_width = 4, .hidden_width = 6};
  const HeadOptions wide = {.kind = HeadKind::kLinear, .embedding_width = 7};
  const std::vector<ProjectionHead> image = {drawn_head(5, narrow, 1), drawn_head(5, wide, 2),
                                             drawn_head(5, narrow, 3)};
  const std::vector<ProjectionHead> text = {drawn_head(8, narrow, 4), drawn_head(8, wide, 5), drawn_head(8, narrow, 6)};
  const at::Tensor pictures = at::randn({9, 5}, at::detail::createCPUGenerator(7));
  const at::Tensor captions = at::randn({11, 8}, at::detail::createCPUGenerator(8));
  at::Tensor mean = at::zeros({9, 11});
  for (std::size_t i = 0; i < image.size(); ++i)
    mean += at::matmul(embed_all(image[i], pictures), embed_all(text[i], captions).t()) / 3;
  const HeadEnsemble images(image), texts(text);
  CHECK(images.embedding_width() == 4 + 7 + 4);
  const at::Tensor together = embed_all(images, pictures);
  CHECK(together.sizes() == at::IntArrayRef{9, 15});
  CHECK((together.norm(2, {1}) - 1).abs().max().item<double>() < 1e-6);
  CHECK((at::matmul(together, embed_all(texts, captions).t()) - mean).abs().max().item<double>() < 1e-6);
}

TEST_CASE("weights count by their ratios, and an ensemble's cosine similarity is the weighted mean") {
  const HeadOptions narrow = {.embedding_width = 4, .hidden_width = 6};
  const HeadOptions wide = {.kind = HeadKind::kLinear, .embedding_width = 7};
  const std::vector<ProjectionHead> image = {drawn_head(5, narrow, 1), drawn_head(5, wide, 2)};
  const std::vector<ProjectionHead> text = {drawn_head(8, narrow, 4), drawn_head(8, wide, 5)};
  const at::Tensor pictures = at::randn({9, 5}, at::detail::createCPUGenerator(7));
  const at::Tensor captions = at::randn({11, 8}, at::detail::createCPUGenerator(8));
  const auto similarity = [&](std::size_t i) {
    return at::matmul(embed_all(image[i], pictures), embed_all(text[i], captions).t());
  };
  const HeadEnsemble images(image, {1, 3}), texts(text, {2, 6});
  CHECK(images.weights() == std::vector<double>{0.25, 0.75});
  CHECK(texts.weights() == images.weights());
  const at::Tensor together = embed_all(images, pictures);
  CHECK((together.norm(2, {1}) - 1).abs().max().item<double>() < 1e-6);
  CHECK((at::matmul(together, embed_all(texts, captions).t()) - (similarity(0) * 0.25 + similarity(1) * 0.75))
            .abs()
            .max()
            .item<double>() < 1e-6);
  CHECK(HeadEnsemble(image).weights() == std::vector<double>{0.5, 0.5});
}

TEST_CASE("a head alone is an ensemble of itself") {
  const ProjectionHead head = drawn_head(5, {.embedding_width = 4, .hidden_width = 6}, 1);
  const at::Tensor features = at::randn({9, 5}, at::detail::createCPUGenerator(7));
  const HeadEnsemble one = head;
  CHECK(at::equal(embed_all(one, features), embed_all(head, features)));
  CHECK(at::equal(embed_all(one.only("here"), features), embed_all(head, features)));
}

TEST_CASE("what cannot be an ensemble is refused in words") {
  const HeadOptions small = {.embedding_width = 4, .hidden_width = 6};
  CHECK_THROWS_WITH_AS(HeadEnsemble(std::vector<ProjectionHead>()),
                       doctest::Contains("a head at least was needed, got none"), c10::ValueError);
  CHECK_THROWS_WITH_AS(HeadEnsemble({drawn_head(5, small, 1), drawn_head(6, small, 2)}),
                       doctest::Contains("the same features, got widths of 5 and 6"), c10::ValueError);
  CHECK_THROWS_WITH_AS(HeadEnsemble({drawn_head(5, small, 1), drawn_head(5, small, 2)}, {1}),
                       doctest::Contains("a weight for each of 2 members was needed, got 1"), c10::ValueError);
  CHECK_THROWS_WITH_AS(HeadEnsemble({drawn_head(5, small, 1), drawn_head(5, small, 2)}, {1, 0}),
                       doctest::Contains("weights must be above 0, got 0"), c10::ValueError);
  CHECK_THROWS_WITH_AS(HeadEnsemble({drawn_head(5, small, 1), drawn_head(5, small, 2)}).only("finetune"),
                       doctest::Contains("finetune: a run of one pair of heads was needed, got an ensemble of 2"),
                       c10::ValueError);
}

// Ranks in every precision that a process may multiply float32 matrices in. The program runs these
// also as a lesser processor (CMakeLists.txt).
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/randn.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tandem/retrieval/ranks.h"
#include "tandem/retrieval/zero_shot.h"

using namespace tandem;

namespace {

using Ranks = std::vector<std::int64_t>;

/// The process multiplies float32 matrices in that precision while this lives.
class Multiplying {
 public:
  explicit Multiplying(const std::string& precision) { at::globalContext().setFloat32MatmulPrecision(precision); }
  ~Multiplying() { at::globalContext().setFloat32MatmulPrecision("highest"); }
  Multiplying(const Multiplying&) = delete;
  Multiplying& operator=(const Multiplying&) = delete;
};

constexpr const char* kPrecisions[] = {"highest", "high", "medium"};

at::Tensor drawn_unit_rows(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  const at::Tensor x = at::randn({rows, width}, at::detail::createCPUGenerator(seed));
  return x / x.norm(2, {1}, true);
}

/// 0 0 0 1 1 1 2 ...
at::Tensor partners(std::int64_t images, std::int64_t captions) {
  return at::arange(images * captions, at::kLong).div(captions, "floor");
}

struct Size {
  std::int64_t images, captions, width;
};

/// Of them some fit a tile, some need several, and of some a last picture or caption stands alone.
constexpr Size kSizes[] = {{3, 2, 8}, {3, 5, 64}, {130, 5, 64}, {257, 4, 512}, {385, 3, 16}, {1025, 1, 512}};

}  // namespace

TEST_CASE("whatever float32 is multiplied in, a model that maps everything to one point gets the worst ranks" *
          doctest::test_suite("slow")) {
  for (const char* precision : kPrecisions) {
    const Multiplying in(precision);
    for (const auto& [images, captions, width] : kSizes) {
      CAPTURE(std::string(precision));
      CAPTURE(images);
      CAPTURE(width);
      for (const std::uint64_t seed : {1, 2, 3}) {
        const at::Tensor image = drawn_unit_rows(1, width, seed).repeat({images, 1});
        const at::Tensor text = drawn_unit_rows(1, width, seed + 10).repeat({images * captions, 1});
        const RetrievalRanks ranks = retrieval_ranks(image, text, partners(images, captions));
        CHECK(ranks.image_to_text == Ranks(images, (images - 1) * captions + 1));
        CHECK(ranks.text_to_image == Ranks(images * captions, images));
      }
    }
  }
}

TEST_CASE("whatever float32 is multiplied in, a picture that is there twice ties with itself" *
          doctest::test_suite("slow")) {
  for (const char* precision : kPrecisions) {
    const Multiplying in(precision);
    for (const auto& [half, captions, width] : kSizes) {
      if (width < 64) continue;  // Of so few columns some strangers are as near as twins.
      CAPTURE(std::string(precision));
      CAPTURE(half);
      CAPTURE(width);
      const at::Tensor picture = drawn_unit_rows(half, width, 5);
      const at::Tensor image = at::cat({picture, picture});
      const at::Tensor text = image.index_select(0, partners(2 * half, captions));
      const RetrievalRanks ranks = retrieval_ranks(image, text, partners(2 * half, captions));
      CHECK(ranks.image_to_text == Ranks(2 * half, captions + 1));
      CHECK(ranks.text_to_image == Ranks(2 * half * captions, 2));
    }
  }
}

TEST_CASE("whatever float32 is multiplied in, a distractor that equals the right one ties with it" *
          doctest::test_suite("slow")) {
  for (const char* precision : kPrecisions) {
    const Multiplying in(precision);
    for (const auto& [images, captions, width] : kSizes) {
      if (width < 64) continue;
      CAPTURE(std::string(precision));
      CAPTURE(images);
      CAPTURE(width);
      const at::Tensor image = drawn_unit_rows(images, width, 5);
      const at::Tensor text = image.index_select(0, partners(images, captions));
      Ranks to_text(images, 1), to_image(images * captions, 1);
      to_text[0] = 2;
      for (std::int64_t c = 0; c < captions; ++c) to_image[c] = 2;
      const RetrievalRanks ranks = retrieval_ranks(image, text, partners(images, captions),
                                                   {.image = image.narrow(0, 0, 1), .text = text.narrow(0, 0, 1)});
      CHECK(ranks.image_to_text == to_text);
      CHECK(ranks.text_to_image == to_image);
    }
  }
}

TEST_CASE("whatever float32 is multiplied in, a class that is there twice ties with itself") {
  for (const char* precision : kPrecisions) {
    const Multiplying in(precision);
    const at::Tensor classes = drawn_unit_rows(40, 64, 5);
    const at::Tensor twice = at::cat({classes, classes});
    const ZeroShotResult result = classify(classes, twice, at::arange(40, at::kLong));
    CHECK(result.top1 == 0);
    CHECK(result.top5 == 100);
  }
}

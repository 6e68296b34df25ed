#include "tandem/figures/similarity_histogram.h"

#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::draw_similarity_histogram;
using tandem::SimilarityHistogram;
using tandem::tests::ScratchFolder;

namespace {

SimilarityHistogram example() {
  return {.aligned = {0, 0, 0, 2, 5, 1, 0, 0},
          .misaligned = {0, 4, 90, 30, 1, 0, 0, 0},
          .aligned_mean = 0.4,
          .misaligned_mean = -0.25,
          .overlap = 0.2598};
}

}  // namespace

TEST_CASE("the histogram states the means and the overlap") {
  const ScratchFolder folder;
  draw_similarity_histogram(folder / "histogram.svg", example());
  const std::string text = tandem::read_file(folder / "histogram.svg");
  CHECK(text.find("true pairs (mean 0.400), other pairs (mean -0.250), overlap 26.0%") != std::string::npos);
  for (const char* name : {"histogram.png", "histogram.pdf"}) {
    draw_similarity_histogram(folder / name, example());
    CHECK(std::filesystem::file_size(folder / name) > 1000);
  }
}

TEST_CASE("a histogram of nothing or into an unknown format is refused") {
  const ScratchFolder folder;
  SimilarityHistogram empty = example();
  empty.misaligned.assign(8, 0);
  CHECK_THROWS_WITH_AS(draw_similarity_histogram(folder / "histogram.svg", empty),
                       doctest::Contains("both sides need values"), c10::ValueError);
  SimilarityHistogram uneven = example();
  uneven.aligned.push_back(1);
  CHECK_THROWS_WITH_AS(draw_similarity_histogram(folder / "histogram.svg", uneven),
                       doctest::Contains("got 9 and 8 bins"), c10::ValueError);
  CHECK_THROWS_AS(draw_similarity_histogram(folder / "histogram.gif", example()), tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

#include "tandem/figures/similarity_histogram.h"

#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::draw_similarity_histogram;
using tandem::histogram_overlap;
using tandem::tests::ScratchFolder;

TEST_CASE("overlap is 1 for equal values and 0 for values apart") {
  const at::Tensor low = at::linspace(0, 0.25, 50), high = at::linspace(0.75, 1, 80);
  CHECK(histogram_overlap(low, low) == doctest::Approx(1));
  CHECK(histogram_overlap(low, high) == 0);
  CHECK(histogram_overlap(at::full({4}, 0.5), at::full({9}, 0.5)) == doctest::Approx(1));
}

TEST_CASE("overlap is the shared area of two histograms counted by hand") {
  const at::Tensor aligned = at::tensor({0.05, 0.55, 0.65, 1.0});
  const at::Tensor misaligned = at::tensor({0.0, 0.1, 0.3, 0.6});
  // Halves: 1/4 and 3/4 against 3/4 and 1/4.
  CHECK(histogram_overlap(aligned, misaligned, 2) == doctest::Approx(0.5));
  CHECK(histogram_overlap(misaligned, aligned, 2) == doctest::Approx(0.5));
}

TEST_CASE("the drawing states the overlap it returns") {
  const ScratchFolder folder;
  const double overlap = draw_similarity_histogram(folder / "histogram.svg", at::linspace(0, 1, 600),
                                                   at::linspace(-1, 0.5, 900));
  const std::string text = tandem::read_file(folder / "histogram.svg");
  CHECK(overlap ==
        doctest::Approx(1.0 / 3).epsilon(0.01));  // from 0 to 0.5, where the densities are 1 and 2/3
  CHECK(text.find("overlap 33.") != std::string::npos);
  CHECK(text.find("true pairs (mean 0.500), other pairs (mean -0.250)") != std::string::npos);
}

TEST_CASE("a histogram of nothing or into an unknown format is refused") {
  const ScratchFolder folder;
  const at::Tensor some = at::linspace(0, 1, 5);
  CHECK_THROWS_WITH_AS(histogram_overlap(some, some.narrow(0, 0, 0)),
                       doctest::Contains("got 5 aligned and 0 misaligned"), c10::ValueError);
  CHECK_THROWS_AS(histogram_overlap(some, some, 0), c10::ValueError);
  CHECK_THROWS_AS(draw_similarity_histogram(folder / "histogram.gif", some, some), tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

#include "tandem/figures/confusion_matrix.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/mapped_file.h"
#include "test_data.h"

using tandem::draw_confusion_matrix;
using tandem::tests::ScratchFolder;

TEST_CASE("a confusion matrix is drawn in every format with its classes and what its sides are") {
  const ScratchFolder folder;
  const at::Tensor counts = at::tensor({8, 1, 1, 0, 9, 1, 3, 0, 0}, at::kLong).view({3, 3});
  for (const char* name : {"matrix.svg", "matrix.png", "matrix.pdf"}) {
    draw_confusion_matrix(folder / name,
                          {"airplane", "a class with a very long name that must be cut é é é é é", "cat"}, counts,
                          "Confusion of classes", "a test");
    CHECK(std::filesystem::file_size(folder / name) > 1000);
  }
  CHECK(tandem::read_file(folder / "matrix.svg")
            .find("3 classes; the stronger a square, the larger its share of the true class. a test") !=
        std::string::npos);
}

TEST_CASE("one class and a thousand classes are drawn too") {
  const ScratchFolder folder;
  for (const std::int64_t classes : {1, 100, 1000}) {
    const std::vector<std::string> names(static_cast<std::size_t>(classes), "name");
    draw_confusion_matrix(folder / "matrix.png", names, at::eye(classes, at::kLong), "Confusion of classes", "",
                          tandem::kDarkTheme);
    CHECK(tandem::read_file(folder / "matrix.png").starts_with("\x89PNG"));
  }
}

TEST_CASE("a confusion matrix of another size or with negative counts or into an unknown format is refused") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH_AS(draw_confusion_matrix(folder / "m.svg", {"a", "b"}, at::zeros({3, 3}, at::kLong), "", ""),
                       doctest::Contains("counts must be [2, 2], got [3, 3]"), c10::ValueError);
  CHECK_THROWS_AS(draw_confusion_matrix(folder / "m.svg", {"a"}, at::zeros({1, 1}, at::kLong) - 1, "", ""),
                  c10::ValueError);
  CHECK_THROWS_AS(draw_confusion_matrix(folder / "m.gif", {"a"}, at::zeros({1, 1}, at::kLong), "", ""),
                  tandem::FileError);
  CHECK(std::filesystem::is_empty(folder.path()));
}

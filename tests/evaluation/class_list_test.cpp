#include "tandem/evaluation/class_list.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"

using namespace tandem;
using tandem::tests::ScratchFolder;

TEST_CASE("a class file gives labels and, after a tab, the words for prompts") {
  const ScratchFolder folder;
  write_file(folder / "classes.txt",
             "\xEF\xBB\xBF"
             "cat\r\n n021 \t tabby   dog \nbird");
  const ClassList classes = read_classes(folder / "classes.txt");
  CHECK(classes.labels == std::vector<std::string>{"cat", "n021", "bird"});
  CHECK(classes.words == std::vector<std::string>{"cat", "tabby dog", "bird"});
  CHECK(at::equal(class_rows(classes, {"bird", "cat"}, {"a.jpg", "b.jpg"}, "data"), at::tensor({2, 0}, at::kLong)));
}

TEST_CASE("duplicates, empty lines and an empty class file are one sentence with the line") {
  const ScratchFolder folder;
  const auto complaint = [&](const std::string& bytes, const char* words) {
    write_file(folder / "classes.txt", bytes);
    CHECK_THROWS_WITH_AS(read_classes(folder / "classes.txt"), doctest::Contains(words), FileError);
  };
  complaint("cat\ndog\ncat\n", "expected each class once, found \"cat\" on line 1 and line 3");
  complaint("cat\n\ndog\n", "expected a class on line 2, found an empty line");
  complaint("cat\ndog\t \n", "expected a class on line 2, found an empty line");
  complaint("", "expected classes, one per line, found an empty file");
  complaint("caf\xE9\n", "expected UTF-8 text");
}

TEST_CASE("classes of the data are its labels, and a label that is not among those given is named with its picture") {
  const ClassList classes = classes_of({"dog", "", "cat", "dog"}, "data");
  CHECK(classes.labels == std::vector<std::string>{"cat", "dog"});
  CHECK_THROWS_WITH_AS(classes_of({"", ""}, "data"), doctest::Contains("found pictures without a class"), FileError);
  CHECK_THROWS_WITH_AS(
      class_rows(classes, {"cat", "frog"}, {"1.jpg", "2.jpg"}, "data"),
      doctest::Contains("data: expected pictures of the 2 classes given, found \"frog\", the class of 2.jpg"),
      FileError);
  CHECK_THROWS_WITH_AS(class_rows(classes, {"cat", ""}, {"1.jpg", "2.jpg"}, "data"),
                       doctest::Contains("expected a class of every picture, found none of 2.jpg"), FileError);
}

#include "tandem/reports/classification_report.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include <sstream>

using namespace tandem;

namespace {

/// Three cats, one of them taken for a dog, and two dogs.
Classification cats_and_dogs() {
  const at::Tensor label = at::tensor({0, 0, 0, 1, 1}, at::kLong);
  const at::Tensor classes = at::eye(2);
  return {.pictures = {.name = "pets",
                       .split = "test",
                       .source = "pets",
                       .image = classes.index_select(0, at::tensor({0, 0, 1, 1, 1}, at::kLong)),
                       .ids = {"a", "b", "c", "d", "e"},
                       .labels = {"cat", "cat", "cat", "dog", "dog"}},
          .classes = {.labels = {"cat", "dog"}, .words = {"cat", "dog"}},
          .templates = {"a photo of {}"},
          .result = classify(classes.index_select(0, at::tensor({0, 0, 1, 1, 1}, at::kLong)), classes, label)};
}

}  // namespace

TEST_CASE("a classification is a table with one row per class") {
  std::ostringstream out;
  print_classification(cats_and_dogs(), out);
  CHECK(out.str() ==
        "pets, split test: 5 pictures, 2 classes, 1 templates\n"
        "top-1 80.0   top-5 100.0   mean of the classes 83.3   (chance 50.0)\n"
        "class  pictures  recall  precision  most often taken for\n"
        "cat           3    66.7      100.0  dog (1)\n"
        "dog           2   100.0       66.7  \n");
}

TEST_CASE("a classification's JSON has the counts of the confusion matrix") {
  const Json json = classification_json(cats_and_dogs(), "run");
  CHECK(json.at("run") == "run");
  CHECK(json.at("images") == 5);
  CHECK(json.at("templates") == Json{"a photo of {}"});
  CHECK(json.at("classes")[0].at("taken_for") == Json{2, 1});
  CHECK(json.at("classes")[1].at("class") == "dog");
}

TEST_CASE("each file is told with its nearest classes") {
  const ClassifiedFiles classified{.files = {"holiday.jpg"},
                                   .classes = {.labels = {"cat", "dog"}, .words = {"cat", "dog"}},
                                   .guesses = {{{.row = 1, .probability = 0.75, .similarity = 0.5}}}};
  std::ostringstream out;
  print_guesses(classified, out);
  CHECK(out.str() == "holiday.jpg\n   75.0 %  0.500  dog\n");
  const Json json = guesses_json(classified, "run");
  CHECK(json.at("pictures")[0].at("file") == "holiday.jpg");
  CHECK(json.at("pictures")[0].at("classes")[0] == Json{{"class", "dog"}, {"probability", 0.75}, {"similarity", 0.5}});
}

#include "tandem/evaluation/classification.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include <cmath>

#include "evaluation/toy_model.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_model;

TEST_CASE("nearest_classes gives the nearest first, the lower row of equal ones, and probabilities over all classes") {
  const at::Tensor image = at::tensor({0.6F, 0.8F, 1.0F, 0.0F}).reshape({2, 2});
  const at::Tensor classes = at::tensor({1.0F, 0.0F, 0.0F, 1.0F, 1.0F, 0.0F}).reshape({3, 2});
  const auto guesses = nearest_classes(image, classes, 2, 2);
  REQUIRE(guesses.size() == 2);
  REQUIRE(guesses[0].size() == 2);
  CHECK(guesses[0][0].row == 1);
  CHECK(guesses[0][0].similarity == doctest::Approx(0.8));
  CHECK(guesses[0][1].row == 0);
  CHECK(guesses[1][0].row == 0);
  CHECK(guesses[1][1].row == 2);
  double sum = 0;
  const auto all = nearest_classes(image, classes, 2, 9);
  for (const ClassGuess& guess : all[0]) sum += guess.probability;
  CHECK(sum == doctest::Approx(1));
  CHECK(guesses[0][0].probability == doctest::Approx(std::exp(1.6) / (std::exp(1.6) + 2 * std::exp(1.2))));
}

TEST_CASE("pictures of stored features come with the classes that the data give them") {
  const ScratchFolder folder;
  const Model model =
      toy_model(folder, 30, [](std::int64_t image) { return image < 24 ? Split::kTrain : Split::kTest; });
  const LabelledPictures pictures = labelled_in_features(model, {}, "test");
  CHECK(pictures.name == "toy");
  CHECK(pictures.split == "test");
  CHECK((pictures.ids == std::vector<std::string>{"p24", "p25", "p26", "p27", "p28", "p29"}));
  CHECK((pictures.labels == std::vector<std::string>{"even", "odd", "even", "odd", "even", "odd"}));
  CHECK(at::linalg_vector_norm(pictures.image, 2, {1}).min().item<double>() == doctest::Approx(1));
}

#include "tandem/evaluation/retrieval_evaluation.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "evaluation/toy_model.h"
#include "tandem/base/errors.h"

using namespace tandem;
using tests::ScratchFolder;
using tests::toy_model;

namespace {

/// Seven pictures with two captions each, all of them right.
RetrievalInput perfect_input() {
  RetrievalInput input;
  input.title = "perfect";
  input.image = at::eye(7);
  input.image_of_text = at::arange(14, at::kLong).div(2, "floor");
  input.text = input.image.index_select(0, input.image_of_text);
  for (int i = 0; i < 7; ++i) input.ids.push_back(std::to_string(i));
  for (int j = 0; j < 14; ++j) input.captions.push_back("caption " + std::to_string(j));
  return input;
}

const BootstrapOptions kFewSamples{.samples = 50};

}  // namespace

TEST_CASE("recall is measured at the usual k that fit the gallery or at those that were asked for") {
  const RetrievalInput input = perfect_input();
  const RetrievalEvaluation usual = evaluate_retrieval(input, {.bootstrap = kFewSamples});
  CHECK((usual.ks == std::vector<std::int64_t>{1, 5}));
  CHECK(usual.result.image_to_text.r1 == 100);
  CHECK_FALSE(usual.intervals.empty());
  CHECK_FALSE(usual.leaks);
  const RetrievalEvaluation asked = evaluate_retrieval(input, {.ks = {7, 2, 7}, .bootstrap = {.samples = 0}});
  CHECK((asked.ks == std::vector<std::int64_t>{2, 7}));
  CHECK(asked.intervals.empty());
  CHECK_THROWS_WITH_AS(evaluate_retrieval(input, {.ks = {8}}),
                       doctest::Contains("which has 7 pictures and 14 captions, got 8"), c10::ValueError);
}

TEST_CASE("an evaluation against its own ranks finds no difference, and none without samples") {
  const ScratchFolder folder;
  const RetrievalInput input = perfect_input();
  const std::string file = folder / "ranks.jsonl";
  write_rank_list(file, evaluate_retrieval(input, {.bootstrap = {.samples = 0}}).ranks);
  const RetrievalEvaluation evaluation = evaluate_retrieval(input, {.bootstrap = kFewSamples, .against = file});
  REQUIRE_FALSE(evaluation.differences.empty());
  for (const MetricDifference& difference : evaluation.differences) CHECK(difference.difference == 0);
  CHECK_THROWS_WITH_AS(evaluate_retrieval(input, {.bootstrap = {.samples = 0}, .against = file}),
                       doctest::Contains("--against needs resamples"), c10::ValueError);
}

TEST_CASE("slices of embeddings tell what is not known, and their stages are not begun") {
  const RetrievalEvaluation evaluation =
      evaluate_retrieval(perfect_input(), {.bootstrap = kFewSamples, .slices = true});
  REQUIRE(evaluation.slices);
  CHECK((evaluation.slices->left_out == std::vector<std::string>{"brightness and size: there are embeddings alone"}));
}

TEST_CASE("a model's split is searched for pictures of training, and against itself nothing differs") {
  const ScratchFolder folder;
  toy_model(folder, 40, [](std::int64_t image) { return image < 28 ? Split::kTrain : Split::kTest; });
  const RetrievalInput input = read_run_input({.folder = folder / "run"});
  CHECK(input.title == "toy, split test");
  const RetrievalEvaluation evaluation =
      evaluate_retrieval(input, {.bootstrap = kFewSamples, .against = folder / "run"});
  REQUIRE(evaluation.leaks);
  CHECK(evaluation.leaks_by == "equal features");
  CHECK(evaluation.leaks->unchecked.empty());
  CHECK(evaluation.leaks->leaks.empty());
  for (const MetricDifference& difference : evaluation.differences) CHECK(difference.difference == 0);
  const RetrievalInput trained_on = read_run_input({.folder = folder / "run", .split = "train"});
  CHECK_THROWS_WITH_AS(evaluate_retrieval(trained_on, {.strict = true}),
                       doctest::Contains("a split that is held out from the model, for --strict"), FileError);
}

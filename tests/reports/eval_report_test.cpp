#include "tandem/reports/eval_report.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <sstream>

#include "tandem/reports/eval_warnings.h"

using namespace tandem;

namespace {

RetrievalInput six_pictures() {
  RetrievalInput input;
  input.title = "six";
  input.lengths = "rows are of unit length";
  input.image = at::eye(6);
  input.text = at::eye(6);
  input.image_of_text = at::arange(6, at::kLong);
  for (int i = 0; i < 6; ++i) input.ids.push_back(std::to_string(i));
  return input;
}

}  // namespace

TEST_CASE("an evaluation of embeddings is told without a run, and nothing corrected is null") {
  const RetrievalInput input = six_pictures();
  const RetrievalEvaluation evaluation = evaluate_retrieval(input, {.bootstrap = {.samples = 20}});
  const Json json = eval_json(input, evaluation);
  CHECK(json.at("corrected").is_null());
  CHECK_FALSE(json.contains("run"));
  CHECK_FALSE(json.contains("against"));
  CHECK(json.at("image_to_text").at("r1") == 100);
  CHECK(json.at("bootstrap").at("samples") == 20);
  CHECK(json.at("headline") == "uncorrected");
  CHECK(json.at("right_answers") == "pairs");
  CHECK(json.at("shared_captions").is_null());  // The captions are not known.
  CHECK(json.at("image_to_text").at("ndcg_10") == 1);
  std::ostringstream out;
  print_eval(input, evaluation, out);
  CHECK(out.str().starts_with("six: 6 pictures, 6 captions\n"));
  CHECK(out.str().find("WARNING: 6 pictures: these numbers say little. One picture more or less that is found moves "
                       "recall by 16.7 points, and an interval from 0 to 100 means that nothing is known.\n") !=
        std::string::npos);
  CHECK(out.str().find("95% interval") != std::string::npos);
  CHECK(out.str().find("Protocol all: all pictures and captions in one gallery") != std::string::npos);
}

TEST_CASE("captions that pictures share are counted, told and weighed by a stated share") {
  RetrievalInput input = six_pictures();
  input.captions = {"a dog", "a  dog ", "a dog", "a cat", "a cat", "a cow"};
  input.text =
      input.image.index_select(0, at::arange(5, -1, -1, at::kLong));  // Every caption is nearest to another picture.
  const RetrievalEvaluation evaluation = evaluate_retrieval(input, {.bootstrap = {.samples = 0}});
  const Json json = eval_json(input, evaluation);
  CHECK(json.at("right_answers") == "captions");
  CHECK(json.at("shared_captions") == 5);
  CHECK(json.at("different_captions") == 3);
  CHECK(json.at("by_pairs").at("text_to_image").at("r1") == 0);
  CHECK(json.at("chance").at("text_to_image").at("r1").get<double>() == doctest::Approx(100 * (9.0 + 4 + 1) / 36));
  REQUIRE(json.at("warnings").size() == 3);
  CHECK(json.at("warnings")[1].get<std::string>().starts_with("there are only 3 different captions"));
  CHECK(json.at("warnings")[2].get<std::string>().find("'tandem classify RUN'") != std::string::npos);
  std::ostringstream out;
  print_eval(input, evaluation, out);
  CHECK(out.str().find("5 of 6 captions (83.3%) are shared by several pictures, so every picture of the same caption "
                       "counts as right") != std::string::npos);
  CHECK(out.str().find("By the pairs alone") != std::string::npos);

  const RetrievalEvaluation strict = evaluate_retrieval(input, {.right_answers = "pairs", .bootstrap = {.samples = 0}});
  CHECK_FALSE(strict.by_pairs);
  CHECK(eval_json(input, strict).at("text_to_image") == json.at("by_pairs").at("text_to_image"));
  CHECK(eval_json(input, strict).at("shared_captions") == 5);
}

TEST_CASE("a tenth of shared captions leaves the pairs alone right, and more does not") {
  RetrievalInput input;
  input.image = at::eye(20);
  input.text = at::eye(20);
  input.image_of_text = at::arange(20, at::kLong);
  for (int i = 0; i < 20; ++i) input.ids.push_back(std::to_string(i));
  for (int j = 0; j < 20; ++j) input.captions.push_back("caption " + std::to_string(j < 2 ? 0 : j));
  CHECK_FALSE(answer_rule(input, "auto").by_caption);
  CHECK(answer_rule(input, "auto").shared == 2);
  CHECK(shared_caption_words(answer_rule(input, "auto")).starts_with("2 of 20 captions (10.0%) are shared"));
  input.captions[2] = "caption 0";
  CHECK(answer_rule(input, "auto").by_caption);
  input.captions.clear();
  CHECK_FALSE(answer_rule(input, "auto").by_caption);
  CHECK_THROWS_WITH_AS(answer_rule(input, "captions"), doctest::Contains("needs to know the captions"),
                       c10::ValueError);
}

#include "tandem/reports/eval_report.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <doctest/doctest.h>

#include <sstream>

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
  std::ostringstream out;
  print_eval(input, evaluation, out);
  CHECK(out.str().starts_with("six: 6 pictures, 6 captions\n"));
  CHECK(out.str().find("95% interval") != std::string::npos);
  CHECK(out.str().find("Protocol all: all pictures and captions in one gallery") != std::string::npos);
}

#include "tandem/model/fit_correction.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/model/closed_form_run.h"
#include "tandem/retrieval/recall.h"
#include "test_data.h"

using namespace tandem;
using tests::import_toy_store;
using tests::ScratchFolder;

namespace {

at::Tensor unit_rows(std::int64_t rows, std::uint64_t seed) {
  const at::Tensor drawn = at::randn({rows, 6}, at::detail::createCPUGenerator(seed)) + 0.5;
  return drawn / drawn.norm(2, {1}, true);
}

/// 40 pictures with a caption each, near to them and to the mean of all.
CorrectionChoice small_dev() {
  const at::Tensor image = unit_rows(40, 1);
  const at::Tensor text = image + 0.6 * unit_rows(40, 2);
  return {.image = image,
          .text = text / text.norm(2, {1}, true),
          .image_of_text = at::arange(40, at::kLong),
          .image_bank = unit_rows(30, 3),
          .text_bank = unit_rows(30, 4)};
}

}  // namespace

TEST_CASE("a bank is spread evenly over the rows and rounded as its file keeps it") {
  const at::Tensor rows = at::arange(10, at::kFloat).reshape({10, 1}) + 0.0001;
  CHECK(
      at::equal(correction_bank(rows, 4),
                at::tensor({0.0001, 2.0001, 5.0001, 7.0001}, at::kFloat).reshape({4, 1}).to(at::kHalf).to(at::kFloat)));
  CHECK(correction_bank(rows, 100).size(0) == 10);
}

TEST_CASE("every method is fitted and measured both ways and the best that search can use is chosen") {
  const CorrectionChoice on = small_dev();
  std::vector<std::string> doing;
  const CorrectionFit fit = fit_correction(on, std::nullopt, [&](const std::string& what, const std::string& unit) {
    doing.push_back(what);
    CHECK(unit == "settings");
    return Progress();
  });
  CHECK((doing == std::vector<std::string>{"choosing nnn", "choosing csls", "choosing inverted-softmax"}));
  REQUIRE(fit.results.size() == 7);
  CHECK(fit.dev_captions == 40);
  CHECK_FALSE(fit.results.front().method.has_value());
  const CorrectionResult* best = &fit.results.front();
  for (std::size_t i = 0; i < fit.results.size(); ++i) {
    const CorrectionResult& result = fit.results[i];
    CHECK(result.settings.has_value() == (i > 0));
    CHECK(result.transductive == (i > 0 && i % 2 == 0));
    if (!result.transductive && result.mean_recall() > best->mean_recall()) best = &result;
  }
  CHECK(fit.stored.chosen == best->method);
  CHECK(fit.stored.fitted.size() == 3);

  // The second row is what retrieval says of embeddings corrected by the banks.
  const BiasedEmbeddings biased = corrected({.method = CorrectionMethod::kNnn,
                                             .fitted = fit.stored.fitted.at(CorrectionMethod::kNnn),
                                             .image_bank = on.image_bank,
                                             .text_bank = on.text_bank},
                                            on.image, on.text, false);
  const std::vector<std::int64_t> ranks = retrieval_ranks(biased.image, biased.text, on.image_of_text).image_to_text;
  CHECK(fit.results[1].image_to_text ==
        doctest::Approx((recall_at(ranks, 1) + recall_at(ranks, 5) + recall_at(ranks, 10)) / 3));
}

TEST_CASE("a method that is asked for alone is chosen and kept in the run") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  make_closed_form_run(folder / "features", folder / "run",
                       {.grid = {.regularisations = {1}, .powers = {0.5}, .width = 6}, .no_dev = true});
  const CorrectionFit fit =
      fit_run_correction(folder / "run", "", {.method = CorrectionMethod::kCsls, .bank_rows = 50});
  CHECK(fit.data_name == "toy");
  CHECK(fit.dev_images == 20);
  CHECK(fit.results.size() == 3);
  const std::optional<ChosenCorrection> kept = chosen_correction(folder / "run", "run");
  REQUIRE(kept.has_value());
  CHECK(kept->method == CorrectionMethod::kCsls);
  CHECK(at::equal(kept->text_bank, fit.stored.text_bank));
  CHECK(kept->text_bank.size(0) == 50);
}

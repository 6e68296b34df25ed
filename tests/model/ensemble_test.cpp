#include "tandem/model/ensemble.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/mm.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/base/errors.h"
#include "tandem/model/closed_form_run.h"
#include "test_data.h"

using namespace tandem;
using tests::import_toy_store;
using tests::ScratchFolder;
using tests::toy_pairs;

namespace {

/// A closed-form run of that width, in a folder of the width's name.
std::filesystem::path solved_run(const ScratchFolder& folder, std::int64_t width) {
  const std::filesystem::path run = folder / std::to_string(width);
  make_closed_form_run(folder / "features", run,
                       {.grid = {.regularisations = {1}, .powers = {0.5}, .width = width}, .no_dev = true});
  return run;
}

at::Tensor similarities(const Run& run, const PairedFeatures& pairs) {
  return at::mm(embed_all(run.image_heads, pairs.image), embed_all(run.text_heads, pairs.text).t());
}

}  // namespace

TEST_CASE("joined runs give the weighted mean of the runs' similarities") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  std::vector<EnsemblePart> parts;
  for (const std::int64_t width : {3, 6}) {
    const std::filesystem::path run = solved_run(folder, width);
    parts.push_back({.folder = run, .run = open_run(run), .weight = width == 3 ? 1.0 : 3.0});
  }
  const Run joined = joined_runs(parts);
  CHECK(joined.members.size() == 2);
  CHECK(joined.image_heads.embedding_width() == 9);
  const PairedFeatures pairs = toy_pairs(20, 11);
  const at::Tensor mean = 0.25 * similarities(parts[0].run, pairs) + 0.75 * similarities(parts[1].run, pairs);
  CHECK(at::allclose(similarities(joined, pairs), mean, 0, 1e-6));
  CHECK(joined.logit_scale == doctest::Approx(0.25 * parts[0].run.logit_scale + 0.75 * parts[1].run.logit_scale));
  CHECK_THROWS_AS(joined_runs({}), c10::ValueError);
}

TEST_CASE("an ensemble is measured on dev, with weights given, chosen there or equal, and is a run") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  const std::vector<std::filesystem::path> runs = {solved_run(folder, 3), solved_run(folder, 6)};
  const Ensemble equal = make_ensemble(runs, folder / "equal", {});
  REQUIRE(equal.parts.size() == 2);
  for (const EnsemblePart& part : equal.parts) CHECK(part.dev_recall.has_value());
  CHECK(open_run(folder / "equal").members.size() == 2);
  std::string doing;
  const Ensemble chosen = make_ensemble(runs, folder / "chosen", {.choose_weights_on_dev = true},
                                        [&](const std::string& what, const auto&) {
                                          doing = what;
                                          return Progress();
                                        });
  CHECK(doing == "choosing");
  CHECK(chosen.run.weights_chosen_on_dev);
  CHECK(*chosen.run.dev_recall >= *equal.run.dev_recall);
  const Ensemble unmeasured = make_ensemble(runs, folder / "unmeasured", {.weights = {1, 3}, .measure_on_dev = false});
  CHECK_FALSE(unmeasured.run.dev_recall.has_value());
  CHECK(unmeasured.run.image_heads.weights()[1] == doctest::Approx(0.75));
}

TEST_CASE("what makes no ensemble is refused and nothing is written") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  const std::filesystem::path one = solved_run(folder, 3);
  const std::filesystem::path two = solved_run(folder, 6);
  CHECK_THROWS_WITH_AS(make_ensemble({one, two}, folder / "out", {.weights = {1}}), doctest::Contains("2 runs"),
                       c10::ValueError);
  CHECK_THROWS_AS(make_ensemble({one, two}, folder / "out", {.choose_weights_on_dev = true, .measure_on_dev = false}),
                  c10::ValueError);
  CHECK_THROWS_WITH_AS(make_ensemble({one, one}, folder / "out", {}), doctest::Contains("every run once"), FileError);
  CHECK_THROWS_WITH_AS(make_ensemble({one, two}, two, {.overwrite = true}),
                       doctest::Contains("another folder than those of the members"), FileError);
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

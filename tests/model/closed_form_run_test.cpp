#include "tandem/model/closed_form_run.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "model/toy_store.h"
#include "tandem/base/errors.h"
#include "test_data.h"

using namespace tandem;
using tests::import_toy_store;
using tests::ScratchFolder;
using tests::toy_pairs;

TEST_CASE("a closed-form run is the best setting on dev, written as a run") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  std::string line, doing;
  std::int64_t settings = 0;
  const Stages stages = [&](const std::string& what, const std::string&) {
    doing = what;
    return [&](std::int64_t done, std::int64_t) { settings = done; };
  };
  const ClosedFormOptions options{.grid = {.regularisations = {0.1, 1}, .powers = {0, 1}, .width = 6}};
  const ClosedFormRun made = make_closed_form_run(folder / "features", folder / "run", options, stages,
                                                  [&](const std::string& told) { line = told; });
  CHECK(line == "solving for 60 pictures with 120 captions, choosing among 4 settings on 20 dev pictures");
  CHECK(doing == "solving");
  CHECK(settings == 4);
  REQUIRE(made.solution.tried.size() == 4);
  for (const CcaSolution::Tried& tried : made.solution.tried) CHECK(tried.dev_recall <= *made.run.dev_recall);
  const Run opened = open_run(folder / "run");
  CHECK(*opened.cca == made.solution.settings);
  CHECK(opened.data_name == "toy");
  const PairedFeatures pairs = toy_pairs(20, 11);
  CHECK(at::equal(embed_all(opened.image_heads, pairs.image), embed_all(made.run.image_heads, pairs.image)));
  CHECK(at::equal(embed_all(opened.text_heads, pairs.text), embed_all(made.run.text_heads, pairs.text)));

  CHECK_THROWS_WITH_AS(make_closed_form_run(folder / "features", folder / "run", options),
                       doctest::Contains("expected a folder without a run"), FileError);
  ClosedFormOptions control = options;
  control.overwrite = true;
  control.shuffled = true;
  const ClosedFormRun shuffled = make_closed_form_run(folder / "features", folder / "run", control);
  CHECK(*shuffled.run.dev_recall < *made.run.dev_recall);
  CHECK(open_run(folder / "run").options.shuffled);
}

TEST_CASE("without dev nothing is chosen") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  const ClosedFormOptions options{
      .grid = {.regularisations = {kPlainCcaSettings.regularisation}, .powers = {kPlainCcaSettings.power}, .width = 6},
      .no_dev = true};
  const ClosedFormRun made = make_closed_form_run(folder / "features", folder / "run", options);
  CHECK_FALSE(made.run.dev_recall.has_value());
  CHECK(made.solution.tried.empty());
  CHECK(open_run(folder / "run").cca->power == kPlainCcaSettings.power);
}

#include "tandem/reports/run_figures.h"

#include <doctest/doctest.h>

#include <set>

#include "model/toy_store.h"
#include "tandem/base/errors.h"
#include "tandem/model/closed_form_run.h"
#include "test_data.h"

using namespace tandem;
using tests::import_toy_store;
using tests::ScratchFolder;

TEST_CASE("figures of a run lie in the folder in every format asked for, with their numbers") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  make_closed_form_run(folder / "features", folder / "run",
                       {.grid = {.regularisations = {1}, .powers = {0.5}, .width = 6}, .no_dev = true});
  std::set<std::string> stages;
  const Json drawn = draw_run_figures(folder / "run", folder / "figures",
                                      {.formats = {"svg", "pdf"}, .dark = true, .map_method = MapMethod::kPca},
                                      [&](const std::string& doing, const std::string&) {
                                        stages.insert(doing);
                                        return Progress();
                                      });
  CHECK((stages == std::set<std::string>{"pca before training", "pca after training", "ranking"}));
  CHECK(drawn.at("files").size() == 12);  // no training curves: it was solved for
  for (const Json& file : drawn.at("files")) CHECK(std::filesystem::exists(file.get<std::string>()));
  CHECK(std::filesystem::exists(folder / "figures/joint-map-dark.svg"));
  CHECK(drawn.at("similarities").at("auc").get<double>() > 0.9);
  CHECK(drawn.at("maps").at("after").at("method") == "pca");
  CHECK_THROWS_AS(draw_run_figures(folder / "none", folder / "other", {}), FileError);
  CHECK_FALSE(std::filesystem::exists(folder / "other"));
}

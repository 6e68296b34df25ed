#include "tandem/training/epoch_report_json.h"

#include <doctest/doctest.h>

#include "tandem/base/errors.h"

using namespace tandem;

TEST_CASE("an epoch's report is the same after writing and reading") {
  const EpochReport report{
      .epoch = 3, .loss = 1.25, .logit_scale = 20.5, .learning_rate = 0.001, .dev_recall = 41.5, .seconds = 7};
  const Json json = to_json(report);
  CHECK(json == Json{{"epoch", 3},
                     {"loss", 1.25},
                     {"logit_scale", 20.5},
                     {"learning_rate", 0.001},
                     {"dev_mean_recall", 41.5},
                     {"seconds", 7.0}});
  CHECK(to_json(epoch_report_from_json(json, "trial.json")) == json);
  EpochReport without_dev = report;
  without_dev.dev_recall.reset();
  CHECK(to_json(without_dev)["dev_mean_recall"].is_null());
  CHECK_FALSE(epoch_report_from_json(to_json(without_dev), "trial.json").dev_recall.has_value());
}

TEST_CASE("a checkpoint of version 0.1 calls the dev recall otherwise, and a missing field is named") {
  Json json = to_json(EpochReport{.epoch = 1, .dev_recall = 30.0});
  Json older = json;
  older.erase("dev_mean_recall");
  older["dev_recall"] = 30.0;
  CHECK(epoch_report_from_json(older, "checkpoint").dev_recall == 30.0);
  json.erase("loss");
  CHECK_THROWS_AS(epoch_report_from_json(json, "checkpoint"), FileError);
}

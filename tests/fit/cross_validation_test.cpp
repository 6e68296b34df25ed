#include "tandem/fit/cross_validation.h"

#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <algorithm>

#include "model/toy_store.h"
#include "tandem/audit/picture_folds.h"
#include "tandem/features/picture_subset.h"
#include "test_data.h"

using namespace tandem;
using namespace tandem::tests;

TEST_CASE("cross-validated CCA has the setting with the best mean over the folds, each solved for without its fold") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  const FeatureStore store = FeatureStore::open(folder / "features");
  const PairedFeatures train = select_split(store, Split::kTrain);
  const CcaGrid grid{.regularisations = {0.1, 1}, .powers = {0, 2}, .width = 6};
  std::int64_t last = 0;
  const ValidatedCca found =
      cross_validated_cca(train, store.manifest(), grid, 3, 7, [&](std::int64_t done, std::int64_t total) {
        CHECK(done == last + 1);
        CHECK(total == 12);
        last = done;
      });
  CHECK(last == 12);

  double best = -1;
  CcaSettings best_settings;
  for (const double regularisation : grid.regularisations) {
    for (const double power : grid.powers) {
      const CcaGrid one{.regularisations = {regularisation}, .powers = {power}, .width = 6};
      double sum = 0;
      for (const auto& fold : picture_folds(60, 3, 7)) {
        const PairedFeatures rest = pictures_of(train, pictures_outside(60, fold));
        const PairedFeatures held_out = pictures_of(train, fold);
        sum += *solve_cca(rest, &held_out, store.manifest(), one).dev_recall;
      }
      if (sum / 3 > best) best = sum / 3, best_settings = {.regularisation = regularisation, .power = power};
    }
  }
  CHECK(found.settings == best_settings);
  CHECK(*found.recall == doctest::Approx(best));
  const CcaGrid single{.regularisations = {3}, .powers = {4}, .width = 6};
  CHECK(!cross_validated_cca(train, store.manifest(), single, 3, 7).recall);
}

TEST_CASE("a store with held-out pictures has a fold of train as dev and leaves all else") {
  const ScratchFolder folder;
  import_toy_store(folder / "features");
  const FeatureStore store = FeatureStore::open(folder / "features");
  write_held_out_store(store, folder / "held", 4, 9);
  const FeatureStore held = FeatureStore::open(folder / "held");
  CHECK(held.manifest().plan == store.manifest().plan);
  std::int64_t moved = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const Split before = store.manifest().image_splits[i];
    const Split now = held.manifest().image_splits[i];
    if (before == now) continue;
    CHECK(before == Split::kTrain);
    CHECK(now == Split::kDev);
    ++moved;
  }
  CHECK(moved == 60 / 4);
  CHECK(at::equal(select_all(held).image, select_all(store).image));
  CHECK(at::equal(select_all(held).text, select_all(store).text));
  write_held_out_store(store, folder / "other", 4, 10);
  CHECK((FeatureStore::open(folder / "other").manifest().image_splits != held.manifest().image_splits));
}

TEST_CASE("there are never more folds than pairs of pictures") {
  FitOptions options;
  CHECK(folds_of(options, 1000) == 5);
  CHECK(folds_of(options, 7) == 3);
  CHECK(folds_of(options, 2) == 2);
}

#include "tandem/fit/cross_validation.h"

#include <algorithm>
#include <vector>

#include "tandem/audit/picture_folds.h"
#include "tandem/features/picture_subset.h"
#include "tandem/fit/fit_source.h"

namespace tandem {
namespace {

/// Every fold tries the settings in the same order.
void add_recalls(std::vector<CcaSolution::Tried>& sums, const std::vector<CcaSolution::Tried>& tried) {
  if (sums.empty()) {
    sums = tried;
    return;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i].dev_recall += tried[i].dev_recall;
}

}  // namespace

std::int64_t folds_of(const FitOptions& options, std::int64_t pictures) {
  return std::clamp<std::int64_t>(options.evaluate.folds, 2, std::max<std::int64_t>(2, pictures / 2));
}

ValidatedCca cross_validated_cca(const PairedFeatures& train, const FeatureManifest& manifest, const CcaGrid& grid,
                                 std::int64_t folds, std::uint64_t seed, const Progress& progress) {
  if (grid.settings() == 1)
    return {.settings = {.regularisation = grid.regularisations.front(), .power = grid.powers.front()}};
  const std::int64_t pictures = train.image.size(0);
  std::vector<CcaSolution::Tried> sums;
  std::int64_t done = 0;
  for (const std::vector<std::int64_t>& fold : picture_folds(pictures, folds, seed)) {
    const PairedFeatures rest = pictures_of(train, pictures_outside(pictures, fold));
    const PairedFeatures held_out = pictures_of(train, fold);
    const Progress shown = [&](std::int64_t settings, std::int64_t) {
      if (progress) progress(done + settings, folds * grid.settings());
    };
    add_recalls(sums, solve_cca(rest, &held_out, manifest, grid, shown).tried);
    done += grid.settings();
  }
  const auto best = std::max_element(
      sums.begin(), sums.end(), [](const auto& one, const auto& other) { return one.dev_recall < other.dev_recall; });
  return {.settings = best->settings, .recall = best->dev_recall / static_cast<double>(folds)};
}

void write_held_out_store(const FeatureStore& store, const std::filesystem::path& to, std::int64_t folds,
                          std::uint64_t seed) {
  FeatureManifest manifest = store.manifest();
  std::vector<std::size_t> train;
  for (std::size_t i = 0; i < manifest.image_splits.size(); ++i) {
    if (manifest.image_splits[i] == Split::kTrain) train.push_back(i);
  }
  const auto count = static_cast<std::int64_t>(train.size());
  const std::vector<std::vector<std::int64_t>> dealt = picture_folds(count, folds, seed);
  for (const std::int64_t held_out : dealt.front()) manifest.image_splits[train[held_out]] = Split::kDev;
  link_shards(store.folder(), to);
  write_manifest(to, manifest);
}

}  // namespace tandem

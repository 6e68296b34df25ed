#include "tandem/evaluation/leaks.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "tandem/base/errors.h"
#include "tandem/curation/duplicate_groups.h"
#include "tandem/evaluation/kept_survey.h"
#include "tandem/storage/checksum.h"

namespace tandem {
namespace {

constexpr std::size_t kNamed = 5;

/// The features the run was trained on: those that are measured, or others if they are still there.
std::optional<FeatureStore> store_of_training(const EmbeddedSplit& embedded) {
  const Run& run = embedded.run;
  if (run.features_plan == embedded.store.manifest().plan) return embedded.store;
  if (!std::filesystem::exists(run.features_folder / kManifestName)) return std::nullopt;
  FeatureStore store = FeatureStore::open(run.features_folder);
  if (store.manifest().plan != run.features_plan) return std::nullopt;
  return store;
}

std::string held_out_by(const std::string& split) {
  return split == "test" || split == "none"
             ? ""
             : "--split " + split +
                   " holds nothing out from the model: it was trained on train, and its epoch chosen on dev";
}

std::vector<std::int64_t> seen_rows(const FeatureStore& store) {
  std::vector<std::int64_t> rows;
  const std::vector<Split>& splits = store.manifest().image_splits;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    if (splits[i] == Split::kTrain || splits[i] == Split::kDev) rows.push_back(static_cast<std::int64_t>(i));
  }
  return rows;
}

/// Calls visit(row of the store, checksum of its features), a few at a time in memory.
template <typename Visit>
void each_checksum(const FeatureStore& store, const std::vector<std::int64_t>& rows, const Visit& visit) {
  constexpr std::size_t kAtOnce = 1024;
  for (std::size_t begin = 0; begin < rows.size(); begin += kAtOnce) {
    const std::vector<std::int64_t> some(
        rows.begin() + static_cast<std::ptrdiff_t>(begin),
        rows.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kAtOnce, rows.size())));
    const at::Tensor features = store.image_rows(some);
    const std::size_t row_bytes = sizeof(float) * static_cast<std::size_t>(features.size(1));
    const auto* bytes = static_cast<const char*>(features.const_data_ptr());
    for (std::size_t i = 0; i < some.size(); ++i) visit(some[i], checksum_of({bytes + i * row_bytes, row_bytes}));
  }
}

Leak leak_of(const FeatureStore& store, std::int64_t row, const FeatureStore& training, std::int64_t seen,
             std::string how) {
  return {.id = store.manifest().image_ids[row],
          .seen_id = training.manifest().image_ids[seen],
          .seen_split = std::string(split_name(training.manifest().image_splits[seen])),
          .how = std::move(how)};
}

void check_looked_at(const FeatureStore& store, const std::vector<SurveyedPicture>& survey,
                     const std::vector<std::int64_t>& rows) {
  for (const std::int64_t row : rows) {
    if (store.manifest().pictures[row].file.empty())
      throw FileError(store.folder(), "features whose pictures are known, for --strict",
                      "none for " + store.manifest().image_ids[row]);
    if (!survey[row].readable())
      throw FileError(store.folder(), "pictures that can be looked at, for --strict", survey[row].unreadable);
  }
}

}  // namespace

LeakReport equal_features(const EmbeddedSplit& embedded, const std::string& split) {
  LeakReport report{.unchecked = held_out_by(split)};
  if (!report.unchecked.empty()) return report;
  const std::optional<FeatureStore> training = store_of_training(embedded);
  if (!training) {
    report.unchecked = "the features of training are gone, so nothing was compared with them";
    return report;
  }
  std::unordered_map<std::string, std::int64_t> seen_with;
  each_checksum(*training, seen_rows(*training),
                [&](std::int64_t row, const std::string& checksum) { seen_with.emplace(checksum, row); });
  each_checksum(embedded.store, embedded.pairs.image_in_store, [&](std::int64_t row, const std::string& checksum) {
    const auto seen = seen_with.find(checksum);
    if (seen != seen_with.end())
      report.leaks.push_back(leak_of(embedded.store, row, *training, seen->second, "equal features"));
  });
  return report;
}

LeakReport look_alikes(const EmbeddedSplit& embedded, const std::string& split, const Stages& stages,
                       const Notice& notice) {
  LeakReport report{.unchecked = held_out_by(split)};
  if (!report.unchecked.empty()) return report;
  const std::optional<FeatureStore> training = store_of_training(embedded);
  if (!training)
    throw FileError(embedded.run.features_folder, "the features of training, for --strict", "none, or others");
  const std::vector<std::int64_t>& measured = embedded.pairs.image_in_store;
  const std::vector<std::int64_t> seen = seen_rows(*training);
  const std::vector<SurveyedPicture> measured_survey = kept_survey(embedded.store, stages, notice);
  check_looked_at(embedded.store, measured_survey, measured);
  const bool same_store = training->folder() == embedded.store.folder();
  const std::vector<SurveyedPicture> seen_survey =
      same_store ? measured_survey : kept_survey(*training, stages, notice);
  check_looked_at(*training, seen_survey, seen);

  std::vector<SurveyedPicture> both;
  for (const std::int64_t row : measured) both.push_back(measured_survey[row]);
  for (const std::int64_t row : seen) both.push_back(seen_survey[row]);
  const auto held_out = static_cast<std::int64_t>(measured.size());
  for (const DuplicateGroup& group : duplicate_groups(both)) {
    const auto first_seen =
        std::find_if(group.pictures.begin(), group.pictures.end(), [&](std::int64_t i) { return i >= held_out; });
    if (first_seen == group.pictures.end()) continue;
    for (const std::int64_t i : group.pictures) {
      if (i >= held_out) break;
      const bool same_bytes = both[i].checksum == both[*first_seen].checksum;
      report.leaks.push_back(leak_of(embedded.store, measured[i], *training, seen[*first_seen - held_out],
                                     same_bytes ? "the same bytes" : "nearly identical"));
    }
  }
  return report;
}

std::string leak_sentence(const LeakReport& report) {
  const std::size_t count = report.leaks.size();
  std::string text = std::to_string(count) + (count == 1 ? " picture that is measured is in train or dev too: "
                                                         : " pictures that are measured are in train or dev too: ");
  for (std::size_t i = 0; i < std::min(kNamed, count); ++i) {
    const Leak& leak = report.leaks[i];
    text += (i > 0 ? ", " : "") + leak.id + " (as " + leak.seen_id + " in " + leak.seen_split + ", " + leak.how + ")";
  }
  return text + (count > kNamed ? " and " + std::to_string(count - kNamed) + " more" : "");
}

}  // namespace tandem

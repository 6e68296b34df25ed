#include "tandem/reports/model_report_data.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"

namespace tandem {
namespace {

constexpr std::size_t kSkippedShown = 8;

struct SplitCount {
  std::int64_t pictures = 0, captions = 0;
};

ReportTable split_table(const FeatureManifest& manifest) {
  std::array<SplitCount, 4> counts;
  for (const Split split : manifest.image_splits) ++counts[static_cast<std::size_t>(split)].pictures;
  for (const std::int64_t image : manifest.image_of_caption)
    ++counts[static_cast<std::size_t>(manifest.image_splits[image])].captions;
  ReportTable table{
      .columns = {{.heading = "Split", .is_text = true}, {"Pictures"}, {"Captions"}, {"Captions per picture"}},
      .rows = {}};
  const auto add = [&](const std::string& name, const SplitCount& count) {
    table.rows.push_back({.cells = {{name},
                                    {with_thousands(count.pictures)},
                                    {with_thousands(count.captions)},
                                    {decimal(static_cast<double>(count.captions) /
                                                 static_cast<double>(std::max<std::int64_t>(count.pictures, 1)),
                                             1)}}});
  };
  SplitCount all;
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest, Split::kNone}) {
    const SplitCount& count = counts[static_cast<std::size_t>(split)];
    all.pictures += count.pictures;
    all.captions += count.captions;
    if (count.pictures > 0) add(split == Split::kNone ? "in no split" : std::string(split_name(split)), count);
  }
  add("together", all);
  return table;
}

std::int64_t classes_of(const FeatureManifest& manifest) {
  const std::set<std::string> labels(manifest.image_labels.begin(), manifest.image_labels.end());
  return static_cast<std::int64_t>(labels.size()) - static_cast<std::int64_t>(labels.count(""));
}

bool has_pictures(const FeatureManifest& manifest) {
  return std::any_of(manifest.pictures.begin(), manifest.pictures.end(),
                     [](const PictureSource& picture) { return !picture.file.empty(); });
}

/// What is missing of the pictures now, as opposed to when they were encoded.
std::string picture_words(const ModelMeasures& measures, std::int64_t unreadable) {
  if (!has_pictures(measures.embedded().store.manifest()))
    return "The features were imported without pictures, so none is shown.";
  if (measures.missing_files == 0 && unreadable == 0) return "";
  const std::int64_t all = measures.embedded().image.size(0);
  return "Missing pictures: the files of " + with_thousands(measures.missing_files) + " of " + with_thousands(all) +
         " measured pictures are gone, and " + with_thousands(unreadable) +
         " of those to show here cannot be read any more. Numbers do not change: they come from the stored features.";
}

}  // namespace

ReportSection data_section(const ModelMeasures& measures, std::int64_t unreadable) {
  const FeatureManifest& manifest = measures.embedded().store.manifest();
  ReportSection section{.id = "data", .title = "Data statement", .blocks = {}};
  const std::int64_t classes = classes_of(manifest);
  ReportFacts facts{
      {{"Source", manifest.data_name},
       {"Part", manifest.selection.empty() ? "the whole set" : manifest.selection},
       {"Terms of use", measures.options.data_terms.empty()
                            ? "not known to tandem: see where the data came from before you pass pictures, "
                              "captions or this report on"
                            : measures.options.data_terms},
       {"Classes", classes == 0 ? "" : with_thousands(classes)},
       {"Trained on",
        measures.run().data_name + (measures.run().features_plan == manifest.plan ? "" : " (other features)")}}};
  std::erase_if(facts.facts, [](const auto& fact) { return fact.second.empty(); });
  section.blocks.emplace_back(facts);
  section.blocks.emplace_back(split_table(manifest));
  if (const std::string words = picture_words(measures, unreadable); !words.empty())
    section.blocks.emplace_back(ReportParagraph{.text = words, .tone = ReportTone::kWarning});
  for (const std::string& remark : manifest.remarks)
    section.blocks.emplace_back(
        ReportParagraph{.text = "The reader: " + printable(remark, kLongestShownCaption), .tone = ReportTone::kSoft});
  if (manifest.skipped.empty()) {
    section.blocks.emplace_back(
        ReportParagraph{.text = "Every listed picture could be read when it was encoded.", .tone = ReportTone::kSoft});
    return section;
  }
  ReportTable skipped{.columns = {{.heading = "Left out because it could not be read: " +
                                              with_thousands(static_cast<std::int64_t>(manifest.skipped.size())),
                                   .is_text = true},
                                  {.heading = "Reason", .is_text = true}},
                      .rows = {}};
  for (std::size_t i = 0; i < std::min(kSkippedShown, manifest.skipped.size()); ++i)
    skipped.rows.push_back(
        {.cells = {{printable(manifest.skipped[i].id)}, {printable_sentence(manifest.skipped[i].reason)}}});
  if (manifest.skipped.size() > kSkippedShown)
    skipped.rows.push_back(
        {.cells = {{"and " + std::to_string(manifest.skipped.size() - kSkippedShown) + " more"}, {""}}, .soft = true});
  section.blocks.emplace_back(skipped);
  return section;
}

}  // namespace tandem

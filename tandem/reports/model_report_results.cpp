#include "tandem/reports/model_report_results.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/figures/interval_chart.h"
#include "tandem/figures/recall_curves.h"
#include "tandem/reports/corrected_report.h"
#include "tandem/reports/eval_warnings.h"
#include "tandem/reports/run_words.h"

namespace tandem {
namespace {

constexpr const char* kByText = "text_to_image";
constexpr const char* kByImage = "image_to_text";

std::string way_words(const std::string& way) { return way == kByText ? "caption to picture" : "picture to caption"; }

const RetrievalSummary& summary_of(const RetrievalResult& result, const std::string& way) {
  return way == kByText ? result.text_to_image : result.image_to_text;
}

double recall_of(const RetrievalResult& result, const std::string& way, std::int64_t k) {
  return recall_at(way == kByText ? result.ranks.text_to_image : result.ranks.image_to_text, k);
}

double chance_of(const RetrievalResult& result, const std::string& way, std::int64_t k) {
  const std::vector<double>& chance = way == kByText ? result.chance.text_to_image_at : result.chance.image_to_text_at;
  return k <= static_cast<std::int64_t>(chance.size()) ? chance[k - 1] : 100;
}

std::optional<Interval> interval_of_metric(const std::vector<MetricInterval>& intervals, const std::string& way,
                                           const std::string& metric) {
  for (const MetricInterval& interval : intervals) {
    if (interval.way == way && interval.metric == metric && !std::isnan(interval.interval.low))
      return interval.interval;
  }
  return std::nullopt;
}

std::string range(const std::optional<Interval>& interval, int places) {
  return interval ? decimal(interval->low, places) + "–" + decimal(interval->high, places) : "";
}

std::string recall_name(std::int64_t k) { return "R@" + std::to_string(k); }

/// A column of the table of results, after the recalls.
struct RankMetric {
  const char* heading;
  const char* name;  ///< in MetricInterval
  double RetrievalSummary::*value;
  int places;
};
constexpr RankMetric kRankMetrics[] = {{"Median rank", "median_rank", &RetrievalSummary::median_rank, 1},
                                       {"Mean rank", "mean_rank", &RetrievalSummary::mean_rank, 1},
                                       {"MRR", "mrr", &RetrievalSummary::reciprocal_rank, 3},
                                       {"mAP@R", "map_r", &RetrievalSummary::average_precision, 3},
                                       {"nDCG@10", "ndcg_10", &RetrievalSummary::ndcg_10, 3}};

ReportRow measured_row(const RetrievalResult& result, const std::vector<MetricInterval>& intervals,
                       const std::string& way, const std::vector<std::int64_t>& ks) {
  ReportRow row{.cells = {{way == kByText ? "Caption to picture" : "Picture to caption", "95% interval"}}};
  for (const std::int64_t k : ks)
    row.cells.push_back(
        {decimal(recall_of(result, way, k), 1), range(interval_of_metric(intervals, way, "r" + std::to_string(k)), 1)});
  for (const RankMetric& metric : kRankMetrics)
    row.cells.push_back({decimal(summary_of(result, way).*metric.value, metric.places),
                         range(interval_of_metric(intervals, way, metric.name), metric.places)});
  return row;
}

ReportRow chance_row(const RetrievalResult& result, const std::string& way, const std::vector<std::int64_t>& ks) {
  ReportRow row{.cells = {{"Chance, " + way_words(way)}}, .soft = true};
  const RetrievalSummary& chance = way == kByText ? result.chance.text_to_image : result.chance.image_to_text;
  for (const std::int64_t k : ks) row.cells.push_back({decimal(chance_of(result, way, k), 1)});
  for (const RankMetric& metric : kRankMetrics) row.cells.push_back({decimal(chance.*metric.value, metric.places)});
  return row;
}

ReportTable results_table(const ModelMeasures& measures) {
  const std::vector<std::int64_t>& ks = measures.plain.ks;
  ReportTable table{.columns = {{.heading = "", .is_text = true}}, .rows = {}};
  for (const std::int64_t k : ks) table.columns.push_back({recall_name(k) + ", %"});
  for (const RankMetric& metric : kRankMetrics) table.columns.push_back({metric.heading});
  const std::string first = measures.corrected ? "As search answers, corrected for hubs by " +
                                                     std::string(correction_name(measures.corrected->method))
                                               : "As search answers, by cosine similarity";
  table.rows.push_back({.cells = {{first}}, .heading = true});
  for (const char* way : {kByText, kByImage})
    table.rows.push_back(measured_row(measures.result(), measures.intervals(), way, ks));
  for (const char* way : {kByText, kByImage}) table.rows.push_back(chance_row(measures.result(), way, ks));
  if (!measures.corrected) return table;
  table.rows.push_back({.cells = {{"Without the correction, by cosine similarity alone"}}, .heading = true});
  for (const char* way : {kByText, kByImage})
    table.rows.push_back(measured_row(measures.plain.result, measures.plain.intervals, way, ks));
  return table;
}

IntervalRow recall_row(const ModelMeasures& measures, const std::string& way, std::int64_t k) {
  const double value = recall_of(measures.result(), way, k);
  const Interval interval = interval_of_metric(measures.intervals(), way, "r" + std::to_string(k))
                                .value_or(Interval{.low = value, .high = value});
  IntervalRow row{.label = recall_name(k), .value = value, .low = interval.low, .high = interval.high};
  if (measures.corrected) row.other = recall_of(measures.plain.result, way, k);
  row.chance = chance_of(measures.result(), way, k);
  return row;
}

ReportChart recall_chart(const ModelMeasures& measures) {
  std::vector<IntervalGroup> groups = {{.heading = "Caption to picture", .by_text = true, .rows = {}},
                                       {.heading = "Picture to caption", .rows = {}}};
  for (const std::int64_t k : measures.plain.ks) {
    groups[0].rows.push_back(recall_row(measures, kByText, k));
    groups[1].rows.push_back(recall_row(measures, kByImage, k));
  }
  const IntervalChartText text{.axis = "recall, %",
                               .value_name = "as search answers",
                               .other_name = measures.corrected ? "without the correction" : "",
                               .chance_name = "chance",
                               .line_name = "",
                               .title = "Recall in both directions"};
  return {.title = "Recall with 95% intervals", .caption = "", .draw = [groups, text](const FigureTarget& target) {
            draw_interval_chart(target, groups, text);
          }};
}

RecallBand band_of(const RecallCurve& curve, const std::vector<double>& chance) {
  return {.recall = curve.recall,
          .low = curve.low,
          .high = curve.high,
          .chance = {chance.begin(), chance.begin() + static_cast<std::int64_t>(curve.recall.size())}};
}

ReportChart curve_chart(const ModelMeasures& measures) {
  const ChanceLevel& chance = measures.result().chance;
  const RecallBand image = band_of(measures.curves.image_to_text, chance.image_to_text_at);
  const RecallBand text = band_of(measures.curves.text_to_image, chance.text_to_image_at);
  return {.title = "Recall over k", .caption = "", .draw = [image, text](const FigureTarget& target) {
            draw_recall_curves(target, image, text, "", "");
          }};
}

ReportTile recall_tile(const ModelMeasures& measures, const std::string& way, const std::string& name) {
  const std::int64_t k = measures.plain.ks.front();
  return {.name = name,
          .value = decimal(recall_of(measures.result(), way, k), 1) + "%",
          .note = recall_name(k) +
                  ", 95%: " + range(interval_of_metric(measures.intervals(), way, "r" + std::to_string(k)), 1) +
                  " · chance " + decimal(chance_of(measures.result(), way, k), 1)};
}

std::vector<ReportTile> tiles_of(const ModelMeasures& measures) {
  const RetrievalResult& result = measures.result();
  const double sum = recall_sum(result.image_to_text, result.text_to_image);
  std::optional<Interval> interval = interval_of_metric(measures.intervals(), "both", "rsum");
  if (interval) interval = Interval{.low = interval->low / 6, .high = interval->high / 6};
  return {recall_tile(measures, kByText, "A caption finds its picture first"),
          recall_tile(measures, kByImage, "A picture finds its caption first"),
          {.name = "Mean recall",
           .value = decimal(sum / 6, 1) + "%",
           .note = "R@1, 5, 10 both ways, 95%: " + range(interval, 1)},
          {.name = "Median rank of the picture",
           .value = decimal(result.text_to_image.median_rank, result.text_to_image.median_rank < 10 ? 1 : 0),
           .note = "of " + with_thousands(result.gallery_images) + " pictures"}};
}

void warn(std::vector<ReportParagraph>& notices, const std::string& text) {
  notices.push_back({.text = text, .tone = ReportTone::kWarning});
}

std::vector<ReportParagraph> notices_of(const ModelMeasures& measures) {
  std::vector<ReportParagraph> notices;
  const std::string& split = measures.options.split;
  if (measures.run().options.shuffled)
    warn(notices, "This is a control: the model was trained on shuffled captions, so it should find nothing.");
  for (std::string sentence : eval_warnings(measures.input, measures.plain)) {
    sentence.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(sentence.front())));
    warn(notices, sentence + ".");
  }
  if (split == "train" || split == "all")
    warn(notices,
         "The model was trained on pictures of this split. Its numbers do not say how well it does on new "
         "pictures.");
  if (split == "dev")
    warn(notices, "The model's epoch or settings were chosen on this split. Its numbers are a little too good.");
  if (measures.plain.leaks && !measures.plain.leaks->leaks.empty())
    warn(notices, "Leaks: " + leak_sentence(*measures.plain.leaks) + ".");
  return notices;
}

std::string encoder_words(const EncoderRecord& record) {
  if (is_imported(record))
    return "imported features" + (record.views.empty() ? "" : " (" + record.views + ")") + ", " +
           std::to_string(record.width) + " columns";
  return record.folder.filename().string() + " (" + record.model_type + "), " + record.views + ", " +
         std::to_string(record.width) + " columns";
}

std::string encoders_words(const std::vector<EncoderRecord>& records) {
  return joined_text(records, "; ", encoder_words);
}

std::string correction_fact(const ModelMeasures& measures) {
  if (!measures.corrected) return "none: the order is that of cosine similarity";
  return correction_words(*measures.corrected);
}

std::string right_words(const AnswerRule& rule) {
  const std::string shared = shared_caption_words(rule);
  if (rule.by_caption) return shared;
  return "a caption's own picture; for a picture, the best-placed of its own captions" +
         (shared.empty() ? "" : ". " + shared);
}

std::string leak_words(const ModelMeasures& measures) {
  if (!measures.plain.leaks) return "";
  const LeakReport& leaks = *measures.plain.leaks;
  if (!leaks.unchecked.empty()) return leaks.unchecked;
  if (leaks.leaks.empty()) return "no picture of train or dev among those measured, by " + measures.plain.leaks_by;
  return leak_sentence(leaks);
}

IntervalRow slice_row(const SliceRecall& slice) {
  const double value = slice.recall.recall.front();
  const Interval interval =
      slice.recall.intervals.empty() ? Interval{.low = value, .high = value} : slice.recall.intervals.front();
  const bool known = !std::isnan(interval.low);
  return {.label = slice.slice.name,
          .value = value,
          .low = known ? interval.low : value,
          .high = known ? interval.high : value};
}

/// The slices of one direction by group, as a chart.
ReportChart slice_chart(const ModelMeasures& measures, const std::string& way) {
  std::vector<IntervalGroup> groups;
  const std::int64_t k = measures.plain.ks.front();
  for (const SliceRecall& slice : measures.slices.slices) {
    if (slice.way != way) continue;
    if (groups.empty() || groups.back().heading != slice.slice.group)
      groups.push_back({.heading = slice.slice.group,
                        .by_text = way == kByText,
                        .rows = {},
                        .line = recall_of(measures.result(), way, k)});
    groups.back().rows.push_back(slice_row(slice));
  }
  const IntervalChartText text{.axis = recall_name(k) + ", %",
                               .value_name = "the slice",
                               .other_name = "",
                               .chance_name = "",
                               .line_name = "all queries",
                               .title = recall_name(k) + " of slices, " + way_words(way)};
  const std::string title = way == kByText ? "Caption to picture" : "Picture to caption";
  return {.title = title, .caption = "", .draw = [groups, text](const FigureTarget& target) {
            draw_interval_chart(target, groups, text);
          }};
}

bool has_slices(const ModelMeasures& measures, const std::string& way) {
  return std::any_of(measures.slices.slices.begin(), measures.slices.slices.end(),
                     [&](const SliceRecall& slice) { return slice.way == way; });
}

}  // namespace

ReportDocument report_head(const ModelMeasures& measures, const Model& model) {
  const std::string split = measures.options.split;
  std::filesystem::path folder = model.folder().lexically_normal();
  if (folder.filename().empty()) folder = folder.parent_path();
  const RetrievalResult& result = measures.result();
  return {.title = "Report on the model " + folder.filename().string(),
          .subtitle = measures.embedded().store.manifest().data_name +
                      (split == "all" ? ", all splits: " : ", split " + split + ": ") + with_thousands(result.images) +
                      " pictures and " + with_thousands(result.captions) +
                      " captions. Model: " + seed_words(measures.run()) + ", shared space of " +
                      std::to_string(model.embedding_width()) + " columns.",
          .tiles = tiles_of(measures),
          .notices = notices_of(measures)};
}

ReportSection protocol_section(const ModelMeasures& measures) {
  const RetrievalResult& result = measures.result();
  const FeatureManifest& manifest = measures.embedded().store.manifest();
  const std::string bootstrap = with_thousands(measures.plain.bootstrap.samples) +
                                " bootstrap resamples of pictures with all their captions, 95% by percentiles, seed " +
                                std::to_string(measures.plain.bootstrap.seed);
  ReportFacts facts{
      {{"Data", manifest.data_name + (manifest.selection.empty() ? "" : " (" + manifest.selection + ")")},
       {"Split", measures.options.split == "all" ? "all pictures of all splits" : measures.options.split},
       {"Candidates", "one gallery of " + with_thousands(result.gallery_images) + " pictures and " +
                          with_thousands(result.gallery_captions) +
                          " captions; every one of them is a query for the other side"},
       {"Right answers", right_words(measures.plain.rule)},
       {"Ties", "similarities that differ by less than 1e-6 count as misses"},
       {"Intervals", bootstrap},
       {"Chance", "the mean over all orders of the candidates; a picture with several captions has several right ones"},
       {"Model", seed_words(measures.run()) + "; " + choice_words(measures.run())},
       {"Correction for hubs", correction_fact(measures)},
       {"Picture encoder", encoders_words(manifest.image_encoders)},
       {"Text encoder", encoders_words(manifest.text_encoders)},
       {"Leaks", leak_words(measures)}}};
  std::erase_if(facts.facts, [](const auto& fact) { return fact.second.empty(); });
  return {.id = "protocol", .title = "Protocol", .blocks = {facts}};
}

ReportSection results_section(const ModelMeasures& measures) {
  ReportSection section{.id = "results", .title = "Results", .blocks = {}};
  section.blocks.emplace_back(results_table(measures));
  section.blocks.emplace_back(ReportCharts{{recall_chart(measures), curve_chart(measures)}});
  return section;
}

ReportSection slices_section(const ModelMeasures& measures) {
  ReportSection section{.id = "slices", .title = "Slices: where it is strong and weak", .blocks = {}};
  section.blocks.emplace_back(ReportParagraph{
      .text = "Recall of kinds of captions and pictures, as search answers. A slice whose interval does not reach the "
              "dashed line differs from the mean of all queries; with this many slices, one in twenty does so by "
              "chance.",
      .tone = ReportTone::kSoft});
  ReportCharts charts;
  for (const char* way : {kByText, kByImage}) {
    if (has_slices(measures, way)) charts.charts.push_back(slice_chart(measures, way));
  }
  if (!charts.charts.empty()) section.blocks.emplace_back(charts);
  for (const std::string& reason : measures.slices.left_out)
    section.blocks.emplace_back(ReportParagraph{.text = "Left out: " + reason + ".", .tone = ReportTone::kSoft});
  return section;
}

}  // namespace tandem

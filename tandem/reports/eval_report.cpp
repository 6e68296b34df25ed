#include "tandem/reports/eval_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/reports/corrected_report.h"
#include "tandem/reports/run_words.h"

namespace tandem {
namespace {

constexpr std::size_t kNameWidth = 16, kColumn = 12;
const std::map<std::string, std::string> kWays = {
    {"image_to_text", "image to text"}, {"text_to_image", "text to image"}, {"both", "both ways"}};

/// A column of the tables: the metric's key, its title, and how many places are shown.
struct Column {
  std::string metric, title;
  int places = 1;
};

std::vector<Column> columns_of(const std::vector<std::int64_t>& ks) {
  std::vector<Column> columns;
  for (const std::int64_t k : ks)
    columns.push_back(
        {.metric = "r" + std::to_string(k), .title = (columns.empty() ? "recall@" : "@") + std::to_string(k)});
  columns.push_back({.metric = "median_rank", .title = "median rank"});
  columns.push_back({.metric = "mean_rank", .title = "mean rank"});
  columns.push_back({.metric = "mrr", .title = "MRR", .places = 3});
  columns.push_back({.metric = "map_r", .title = "mAP@R", .places = 3});
  return columns;
}

/// recall: percent at k, for any k.
template <typename Recall>
double value_of(const std::string& metric, const RetrievalSummary& summary, const Recall& recall) {
  if (metric == "median_rank") return summary.median_rank;
  if (metric == "mean_rank") return summary.mean_rank;
  if (metric == "mrr") return summary.reciprocal_rank;
  if (metric == "map_r") return summary.average_precision;
  return recall(std::stoll(metric.substr(1)));
}

/// What stands in the table of one direction, measured or by chance, by the metric's key.
using Values = std::map<std::string, double>;

template <typename Recall>
Values values_of(const RetrievalSummary& summary, const std::vector<std::int64_t>& ks, const Recall& recall) {
  Values values;
  for (const Column& column : columns_of(ks)) values[column.metric] = value_of(column.metric, summary, recall);
  for (const std::int64_t k : {1, 5, 10}) values["r" + std::to_string(k)] = recall(k);
  return values;
}

/// With several galleries all have as many queries, so the recall of all is the mean of theirs.
Values measured(const RetrievalEvaluation& report, const std::string& way) {
  const bool to_text = way == "image_to_text";
  const std::vector<std::int64_t>& ranks =
      to_text ? report.result.ranks.image_to_text : report.result.ranks.text_to_image;
  return values_of(to_text ? report.result.image_to_text : report.result.text_to_image, report.ks,
                   [&](std::int64_t k) { return recall_at(ranks, k); });
}

Values by_chance(const RetrievalEvaluation& report, const std::string& way) {
  const ChanceLevel& chance = report.result.chance;
  const bool to_text = way == "image_to_text";
  const std::vector<double>& at = to_text ? chance.image_to_text_at : chance.text_to_image_at;
  return values_of(to_text ? chance.image_to_text : chance.text_to_image, report.ks, [&](std::int64_t k) {
    return at[std::min<std::size_t>(static_cast<std::size_t>(k), at.size()) - 1];
  });
}

const MetricInterval* interval_of(const RetrievalEvaluation& report, const std::string& way,
                                  const std::string& metric) {
  for (const MetricInterval& interval : report.intervals) {
    if (interval.way == way && interval.metric == metric) return &interval;
  }
  return nullptr;
}

std::string range_text(const Interval& interval, int places) {
  return decimal(interval.low, places) + "-" + decimal(interval.high, places);
}

void print_row(std::ostream& out, const std::string& name, const std::vector<Column>& columns, const Values& values) {
  out << left_aligned(name, kNameWidth);
  for (const Column& column : columns) out << right_aligned(decimal(values.at(column.metric), column.places), kColumn);
  out << "\n";
}

void print_table(const RetrievalEvaluation& report, std::ostream& out) {
  const std::vector<Column> columns = columns_of(report.ks);
  out << left_aligned("", kNameWidth);
  for (const Column& column : columns) out << right_aligned(column.title, kColumn);
  out << "\n";
  for (const std::string way : {"image_to_text", "text_to_image"}) {
    print_row(out, kWays.at(way), columns, measured(report, way));
    if (report.intervals.empty()) continue;
    out << left_aligned("  95% interval", kNameWidth);
    for (const Column& column : columns)
      out << right_aligned(range_text(interval_of(report, way, column.metric)->interval, column.places), kColumn);
    out << "\n";
  }
  print_row(out, "chance, i to t", columns, by_chance(report, "image_to_text"));
  print_row(out, "chance, t to i", columns, by_chance(report, "text_to_image"));
  const MetricInterval* sum = interval_of(report, "both", "rsum");
  out << "rsum (recall@1, @5 and @10, both ways): "
      << decimal(recall_sum(report.result.image_to_text, report.result.text_to_image), 1)
      << (sum ? ", 95% interval " + range_text(sum->interval, 1) : "") << "\n";
}

void print_differences(const RetrievalEvaluation& report, std::ostream& out) {
  out << "\nAgainst " << printable(report.against, kLongestShownCaption)
      << ", the same queries, pairs of the same resamples (positive recall, MRR, mAP: better here; positive ranks: "
         "worse):\n";
  out << left_aligned("", kNameWidth) << left_aligned("metric", kColumn) << right_aligned("here", 10)
      << right_aligned("there", 10) << right_aligned("difference", 12) << right_aligned("95% interval", 20)
      << right_aligned("p", 9) << "\n";
  for (const MetricDifference& difference : report.differences) {
    const int places = difference.metric == "mrr" || difference.metric == "map_r" ? 3 : 1;
    out << left_aligned(kWays.at(difference.way), kNameWidth) << left_aligned(difference.metric, kColumn)
        << right_aligned(decimal(difference.ours, places), 10) << right_aligned(decimal(difference.theirs, places), 10)
        << right_aligned(decimal(difference.difference, places), 12)
        << right_aligned(decimal(difference.interval.low, places) + " to " + decimal(difference.interval.high, places),
                         20)
        << right_aligned(decimal(difference.p, 4), 9) << "\n";
  }
}

void print_slices(const RetrievalEvaluation& report, std::ostream& out) {
  out << "\n"
      << left_aligned("slice", 26) << left_aligned("", 28) << left_aligned("way", kNameWidth)
      << right_aligned("queries", 9);
  for (const std::int64_t k : report.ks)
    out << right_aligned("recall@" + std::to_string(k), kColumn) << right_aligned("95%", kColumn);
  out << "\n";
  for (const SliceRecall& slice : report.slices->slices) {
    out << left_aligned(slice.slice.group, 26) << left_aligned(slice.slice.name, 28)
        << left_aligned(kWays.at(slice.way), kNameWidth) << right_aligned(with_thousands(slice.recall.queries), 9);
    for (std::size_t k = 0; k < report.ks.size(); ++k) {
      out << right_aligned(decimal(slice.recall.recall[k], 1), kColumn)
          << right_aligned(slice.recall.intervals.empty() ? "" : range_text(slice.recall.intervals[k], 1), kColumn);
    }
    out << "\n";
  }
  for (const std::string& reason : report.slices->left_out) out << "left out: " << printable_sentence(reason) << "\n";
}

std::string protocol_text(const RetrievalInput& input, const RetrievalEvaluation& report) {
  static const std::map<std::string, std::string> kGalleries = {
      {"all", "all pictures and captions in one gallery"},
      {"coco-5k", "Karpathy's 5,000 test pictures with five captions each in one gallery"},
      {"coco-1k",
       "Karpathy's 5,000 test pictures with five captions each in five galleries of 1,000, means over the five"}};
  std::string text = "Protocol " + report.protocol + ": " + kGalleries.at(report.protocol) + " (" +
                     with_thousands(report.result.gallery_images) + " pictures, " +
                     with_thousands(report.result.gallery_captions) + " captions to search" +
                     (input.gallery.empty() ? "" : "; " + input.gallery) +
                     ");\nevery caption is a query and a candidate; a picture's rank is that of its best-placed "
                     "caption; ties count against us;\n" +
                     input.lengths + "; mAP@R: R is the number of right candidates";
  if (!report.intervals.empty()) {
    text += ";\nintervals: " + with_thousands(report.bootstrap.samples) +
            " bootstrap resamples of pictures with all their captions, percentiles, seed " +
            std::to_string(report.bootstrap.seed);
  }
  return text;
}

Json to_json(const Values& values) {
  Json json = Json::object();
  for (const auto& [metric, value] : values) json[metric] = value;
  return json;
}

Json to_json(const Interval& interval) { return std::isnan(interval.low) ? Json() : Json{interval.low, interval.high}; }

Json way_json(const RetrievalEvaluation& report, const std::string& way) {
  Json json = to_json(measured(report, way));
  for (const MetricInterval& interval : report.intervals) {
    if (interval.way == way) json["interval"][interval.metric] = to_json(interval.interval);
  }
  return json;
}

Json leaks_json(const RetrievalEvaluation& report) {
  Json pictures = Json::array();
  for (const Leak& leak : report.leaks->leaks)
    pictures.push_back(
        {{"id", leak.id}, {"seen_id", leak.seen_id}, {"seen_split", leak.seen_split}, {"how", leak.how}});
  return {{"compared", report.leaks->unchecked.empty() ? Json(report.leaks_by) : Json()}, {"pictures", pictures}};
}

Json slices_json(const RetrievalEvaluation& report) {
  Json list = Json::array();
  for (const SliceRecall& slice : report.slices->slices) {
    Json json = {{"group", slice.slice.group},
                 {"slice", slice.slice.name},
                 {"way", slice.way},
                 {"queries", slice.recall.queries}};
    for (std::size_t k = 0; k < report.ks.size(); ++k) {
      const std::string name = "r" + std::to_string(report.ks[k]);
      json[name] = slice.recall.recall[k];
      if (!slice.recall.intervals.empty()) json["interval"][name] = to_json(slice.recall.intervals[k]);
    }
    list.push_back(json);
  }
  return {{"slices", list}, {"left_out", report.slices->left_out}};
}

Json differences_json(const RetrievalEvaluation& report) {
  Json differences = Json::array();
  for (const MetricDifference& d : report.differences) {
    differences.push_back({{"way", d.way},
                           {"metric", d.metric},
                           {"ours", d.ours},
                           {"theirs", d.theirs},
                           {"difference", d.difference},
                           {"interval", to_json(d.interval)},
                           {"p", d.p}});
  }
  return {{"with", report.against}, {"differences", differences}};
}

/// What the numbers are of: nothing is said about the seed of heads that were solved for.
Json run_json(const RetrievalInput& input) {
  const Run& run = input.embedded->run;
  Json json = {{"run", input.run.folder},
               {"data", input.embedded->store.manifest().data_name},
               {"split", input.run.split},
               {"seed", run.options.seed},
               {"shuffled", run.options.shuffled}};
  if (run.cca) json["seed"] = Json();
  if (run.members.empty()) return json;
  json["seed"] = Json();
  json["seeds"] = Json::array();
  for (const RunMember& member : run.members) {
    if (!member.cca) json["seeds"].push_back(member.options.seed);
  }
  return json;
}

}  // namespace

void print_eval(const RetrievalInput& input, const RetrievalEvaluation& report, std::ostream& out) {
  out << printable(input.title, kLongestShownCaption) << ": " << with_thousands(report.result.images) << " pictures, "
      << with_thousands(report.result.captions) << " captions";
  if (input.embedded)
    out << "; " << seed_words(input.embedded->run)
        << (input.embedded->run.options.shuffled ? "; CONTROL trained on shuffled captions" : "");
  out << "\n";
  print_table(report, out);
  out << protocol_text(input, report);
  if (input.embedded) out << ";\n" << choice_words(input.embedded->run);
  out << ".\n";
  if (report.leaks) {
    const LeakReport& leaks = *report.leaks;
    if (!leaks.unchecked.empty()) {
      out << "Leaks: " << printable_sentence(leaks.unchecked) << ".\n";
    } else if (leaks.leaks.empty()) {
      out << "Leaks: no picture of train or dev among those measured, by " << report.leaks_by << ".\n";
    } else {
      out << "LEAKS, by " << report.leaks_by << ": " << printable_sentence(leak_sentence(leaks)) << ".\n";
    }
  }
  if (!report.differences.empty()) print_differences(report, out);
  if (report.slices) print_slices(report, out);
}

Json eval_json(const RetrievalInput& input, const RetrievalEvaluation& report,
               const std::optional<CorrectedRetrieval>& corrected) {
  Json json = {{"title", input.title},
               {"protocol", report.protocol},
               {"protocol_text", protocol_text(input, report)},
               {"galleries", report.result.galleries},
               {"gallery_images", report.result.gallery_images},
               {"gallery_captions", report.result.gallery_captions},
               {"images", report.result.images},
               {"captions", report.result.captions},
               {"image_to_text", way_json(report, "image_to_text")},
               {"text_to_image", way_json(report, "text_to_image")},
               {"rsum", recall_sum(report.result.image_to_text, report.result.text_to_image)},
               {"chance",
                {{"image_to_text", to_json(by_chance(report, "image_to_text"))},
                 {"text_to_image", to_json(by_chance(report, "text_to_image"))}}}};
  if (const MetricInterval* sum = interval_of(report, "both", "rsum")) json["rsum_interval"] = to_json(sum->interval);
  json["bootstrap"] = {
      {"samples", report.bootstrap.samples}, {"seed", report.bootstrap.seed}, {"level", report.bootstrap.level}};
  if (report.leaks) json["leaks"] = leaks_json(report);
  if (report.slices) json.update(slices_json(report));
  if (!report.differences.empty()) json["against"] = differences_json(report);
  json["corrected"] = corrected ? corrected_json(*corrected) : Json();
  if (input.embedded) json.update(run_json(input));
  return json;
}

}  // namespace tandem

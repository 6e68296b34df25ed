#include "tandem/reports/retrieval_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>

#include "tandem/base/number_text.h"

namespace tandem {
namespace {

constexpr std::size_t kTableNameWidth = 16, kTableColumn = 12;

/// A column of the table: the metric's key, its title, and how many places are shown.
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
  columns.push_back({.metric = "ndcg_10", .title = "nDCG@10", .places = 3});
  return columns;
}

/// recall: percent at k, for any k.
template <typename Recall>
double value_of(const std::string& metric, const RetrievalSummary& summary, const Recall& recall) {
  if (metric == "median_rank") return summary.median_rank;
  if (metric == "mean_rank") return summary.mean_rank;
  if (metric == "mrr") return summary.reciprocal_rank;
  if (metric == "map_r") return summary.average_precision;
  if (metric == "ndcg_10") return summary.ndcg_10;
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
Values measured(const RetrievalTable& table, const std::string& way) {
  const bool to_text = way == "image_to_text";
  const RetrievalRanks& all = table.result.ranks;
  const std::vector<std::int64_t>& ranks = to_text ? all.image_to_text : all.text_to_image;
  return values_of(to_text ? table.result.image_to_text : table.result.text_to_image, table.ks,
                   [&](std::int64_t k) { return recall_at(ranks, k); });
}

Values by_chance(const RetrievalTable& table, const std::string& way) {
  const ChanceLevel& chance = table.result.chance;
  const bool to_text = way == "image_to_text";
  const std::vector<double>& at = to_text ? chance.image_to_text_at : chance.text_to_image_at;
  return values_of(to_text ? chance.image_to_text : chance.text_to_image, table.ks, [&](std::int64_t k) {
    return at[std::min<std::size_t>(static_cast<std::size_t>(k), at.size()) - 1];
  });
}

const MetricInterval* interval_of(const RetrievalTable& table, const std::string& way, const std::string& metric) {
  for (const MetricInterval& interval : table.intervals) {
    if (interval.way == way && interval.metric == metric) return &interval;
  }
  return nullptr;
}

void print_values(std::ostream& out, const std::string& name, const std::vector<Column>& columns,
                  const Values& values) {
  out << left_aligned(name, kTableNameWidth);
  for (const Column& column : columns)
    out << right_aligned(decimal(values.at(column.metric), column.places), kTableColumn);
  out << "\n";
}

Json to_json(const Values& values) {
  Json json = Json::object();
  for (const auto& [metric, value] : values) json[metric] = std::isnan(value) ? Json() : Json(value);
  return json;
}

Json way_json(const RetrievalTable& table, const std::string& way) {
  Json json = to_json(measured(table, way));
  for (const MetricInterval& interval : table.intervals) {
    if (interval.way == way) json["interval"][interval.metric] = interval_json(interval.interval);
  }
  return json;
}

}  // namespace

std::string way_words(const std::string& way) {
  if (way == "both") return "both ways";
  return way == "image_to_text" ? "image to text" : "text to image";
}

std::string interval_text(const Interval& interval, int places) {
  return decimal(interval.low, places) + "-" + decimal(interval.high, places);
}

void print_table(const RetrievalTable& table, std::ostream& out) {
  const std::vector<Column> columns = columns_of(table.ks);
  out << left_aligned("", kTableNameWidth);
  for (const Column& column : columns) out << right_aligned(column.title, kTableColumn);
  out << "\n";
  for (const std::string way : {"image_to_text", "text_to_image"}) {
    print_values(out, way_words(way), columns, measured(table, way));
    if (table.intervals.empty()) continue;
    out << left_aligned("  95% interval", kTableNameWidth);
    for (const Column& column : columns) {
      const MetricInterval* interval = interval_of(table, way, column.metric);
      out << right_aligned(interval ? interval_text(interval->interval, column.places) : "", kTableColumn);
    }
    out << "\n";
  }
  if (table.with_chance) {
    print_values(out, "chance, i to t", columns, by_chance(table, "image_to_text"));
    print_values(out, "chance, t to i", columns, by_chance(table, "text_to_image"));
  }
  const MetricInterval* sum = interval_of(table, "both", "rsum");
  out << "rsum (recall@1, @5 and @10, both ways): "
      << decimal(recall_sum(table.result.image_to_text, table.result.text_to_image), 1)
      << (sum ? ", 95% interval " + interval_text(sum->interval, 1) : "") << "\n";
}

Json table_json(const RetrievalTable& table) {
  Json json = {{"image_to_text", way_json(table, "image_to_text")},
               {"text_to_image", way_json(table, "text_to_image")},
               {"rsum", recall_sum(table.result.image_to_text, table.result.text_to_image)},
               {"chance",
                {{"image_to_text", to_json(by_chance(table, "image_to_text"))},
                 {"text_to_image", to_json(by_chance(table, "text_to_image"))}}}};
  if (const MetricInterval* sum = interval_of(table, "both", "rsum"))
    json["rsum_interval"] = interval_json(sum->interval);
  return json;
}

Json interval_json(const Interval& interval) {
  return std::isnan(interval.low) ? Json() : Json{interval.low, interval.high};
}

}  // namespace tandem

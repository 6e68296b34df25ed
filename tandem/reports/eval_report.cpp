#include "tandem/reports/eval_report.h"

#include <map>
#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/reports/corrected_report.h"
#include "tandem/reports/eval_warnings.h"
#include "tandem/reports/retrieval_table.h"
#include "tandem/reports/run_words.h"

namespace tandem {
namespace {

constexpr std::size_t kNameWidth = 16, kColumn = 12;

RetrievalTable table_of(const RetrievalEvaluation& report) {
  return {.result = report.result, .ks = report.ks, .intervals = report.intervals};
}

bool is_share(const std::string& metric) { return metric == "mrr" || metric == "map_r" || metric == "ndcg_10"; }

void print_differences(const RetrievalEvaluation& report, bool corrected, std::ostream& out) {
  out << "\nAgainst " << printable(report.against, kLongestShownCaption)
      << (corrected ? ", both without corrections" : "")
      << ", the same queries, pairs of the same resamples (positive recall, MRR, mAP: better here; positive ranks: "
         "worse):\n";
  out << left_aligned("", kNameWidth) << left_aligned("metric", kColumn) << right_aligned("here", 10)
      << right_aligned("there", 10) << right_aligned("difference", 12) << right_aligned("95% interval", 20)
      << right_aligned("p", 9) << "\n";
  for (const MetricDifference& difference : report.differences) {
    const int places = is_share(difference.metric) ? 3 : 1;
    out << left_aligned(way_words(difference.way), kNameWidth) << left_aligned(difference.metric, kColumn)
        << right_aligned(decimal(difference.ours, places), 10) << right_aligned(decimal(difference.theirs, places), 10)
        << right_aligned(decimal(difference.difference, places), 12)
        << right_aligned(decimal(difference.interval.low, places) + " to " + decimal(difference.interval.high, places),
                         20)
        << right_aligned(decimal(difference.p, 4), 9) << "\n";
  }
}

void print_slices(const RetrievalEvaluation& report, bool corrected, std::ostream& out) {
  out << "\n"
      << (corrected ? "Slices, without the correction:\n" : "") << left_aligned("slice", 26) << left_aligned("", 28)
      << left_aligned("way", kNameWidth) << right_aligned("queries", 9);
  for (const std::int64_t k : report.ks)
    out << right_aligned("recall@" + std::to_string(k), kColumn) << right_aligned("95%", kColumn);
  out << "\n";
  for (const SliceRecall& slice : report.slices->slices) {
    out << left_aligned(slice.slice.group, 26) << left_aligned(slice.slice.name, 28)
        << left_aligned(way_words(slice.way), kNameWidth) << right_aligned(with_thousands(slice.recall.queries), 9);
    for (std::size_t k = 0; k < report.ks.size(); ++k) {
      out << right_aligned(decimal(slice.recall.recall[k], 1), kColumn)
          << right_aligned(slice.recall.intervals.empty() ? "" : interval_text(slice.recall.intervals[k], 1), kColumn);
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
  std::string text =
      "Protocol " + report.protocol + ": " + kGalleries.at(report.protocol) + " (" +
      with_thousands(report.result.gallery_images) + " pictures, " + with_thousands(report.result.gallery_captions) +
      " captions to search" + (input.gallery.empty() ? "" : "; " + input.gallery) +
      ");\nevery caption is a query and a candidate; a picture's rank is that of its best-placed "
      "caption; ties count against us;\n" +
      input.lengths + "; mAP@R: R is the number of right candidates; nDCG@10: right or wrong, 1 / log2(place + 1)";
  if (const std::string shared = shared_caption_words(report.rule); !shared.empty()) text += ";\n" + shared;
  if (!report.intervals.empty()) {
    text += ";\nintervals: " + with_thousands(report.bootstrap.samples) +
            " bootstrap resamples of pictures with all their captions, percentiles, seed " +
            std::to_string(report.bootstrap.seed);
  }
  return text;
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
      if (!slice.recall.intervals.empty()) json["interval"][name] = interval_json(slice.recall.intervals[k]);
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
                           {"interval", interval_json(d.interval)},
                           {"p", d.p}});
  }
  return {{"with", report.against}, {"differences", differences}};
}

/// Without intervals: these numbers are shown beside those that count.
RetrievalTable by_pairs_of(const RetrievalEvaluation& report) {
  static const std::vector<MetricInterval> kNone;
  return {.result = *report.by_pairs, .ks = report.ks, .intervals = kNone};
}

/// First what search does, then the same without the correction.
void print_tables(const RetrievalEvaluation& report, const std::optional<CorrectedRetrieval>& corrected,
                  std::ostream& out) {
  const auto print_correction = [&] {
    out << correction_words(*corrected) << ":\n";
    print_table({.result = corrected->result, .ks = report.ks, .intervals = corrected->intervals}, out);
    out << skewness_words(*corrected) << ".\n";
  };
  const bool first = corrected && corrected->is_what_search_does();
  if (first) {
    print_correction();
    out << "\nWithout the correction:\n";
  }
  RetrievalTable table = table_of(report);
  table.with_chance = !first;
  print_table(table, out);
  if (corrected && !first) {
    out << "\n";
    print_correction();
  }
  if (report.by_pairs) {
    out << "\nBy the pairs alone, where a caption's own picture is the only right one ("
        << (first ? "not corrected; " : "") << "says little here):\n";
    print_table(by_pairs_of(report), out);
  }
  if (corrected || report.by_pairs) out << "\n";
}

void print_leaks(const RetrievalEvaluation& report, std::ostream& out) {
  const LeakReport& leaks = *report.leaks;
  if (!leaks.unchecked.empty()) {
    out << "Leaks: " << printable_sentence(leaks.unchecked) << ".\n";
  } else if (leaks.leaks.empty()) {
    out << "Leaks: no picture of train or dev among those measured, by " << report.leaks_by << ".\n";
  } else {
    out << "LEAKS, by " << report.leaks_by << ": " << printable_sentence(leak_sentence(leaks)) << ".\n";
  }
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

void print_eval(const RetrievalInput& input, const RetrievalEvaluation& report, std::ostream& out,
                const std::optional<CorrectedRetrieval>& corrected) {
  out << printable(input.title, kLongestShownCaption) << ": " << with_thousands(report.result.images) << " pictures, "
      << with_thousands(report.result.captions) << " captions";
  if (input.embedded)
    out << "; " << seed_words(input.embedded->run)
        << (input.embedded->run.options.shuffled ? "; CONTROL trained on shuffled captions" : "");
  out << "\n";
  for (const std::string& warning : eval_warnings(input, report))
    out << "WARNING: " << printable_sentence(warning) << ".\n";
  print_tables(report, corrected, out);
  out << protocol_text(input, report);
  if (input.embedded) out << ";\n" << choice_words(input.embedded->run);
  out << ".\n";
  if (report.leaks) print_leaks(report, out);
  if (!report.differences.empty()) print_differences(report, corrected.has_value(), out);
  if (report.slices) print_slices(report, corrected.has_value(), out);
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
               {"right_answers", report.rule.name()},
               {"warnings", eval_warnings(input, report)}};
  json.update(table_json(table_of(report)));
  json["shared_captions"] = report.rule.captions_known ? Json(report.rule.shared) : Json();
  json["different_captions"] = report.rule.captions_known ? Json(report.rule.different) : Json();
  json["by_pairs"] = report.by_pairs ? table_json(by_pairs_of(report)) : Json();
  json["bootstrap"] = {
      {"samples", report.bootstrap.samples}, {"seed", report.bootstrap.seed}, {"level", report.bootstrap.level}};
  if (report.leaks) json["leaks"] = leaks_json(report);
  if (report.slices) json.update(slices_json(report));
  if (!report.differences.empty()) json["against"] = differences_json(report);
  json["corrected"] = corrected ? corrected_json(*corrected, report.ks) : Json();
  json["headline"] = corrected && corrected->is_what_search_does() ? "corrected" : "uncorrected";
  if (input.embedded) json.update(run_json(input));
  return json;
}

}  // namespace tandem

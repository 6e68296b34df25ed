#include "tandem/fit/fit_results.h"

#include <cmath>
#include <vector>

#include "tandem/base/number_text.h"
#include "tandem/evaluation/corrected_retrieval.h"
#include "tandem/evaluation/retrieval_evaluation.h"
#include "tandem/retrieval/retrieval_intervals.h"

namespace tandem {
namespace {

std::string member_words(const RunMember& member) {
  if (member.cca) {
    return "CCA with regularisation " + Json(member.cca->regularisation).dump() + " and power " +
           Json(member.cca->power).dump();
  }
  return "trained heads, seed " + std::to_string(member.options.seed) + ", epoch " + std::to_string(member.best_epoch) +
         " of " + std::to_string(member.options.epochs);
}

/// Without a correction; with the one that is chosen, if one is.
std::pair<double, double> recalls_of(const CorrectionFit& fit) {
  const double without = fit.results.front().mean_recall();
  for (const CorrectionResult& result : fit.results) {
    if (fit.stored.chosen && result.method == fit.stored.chosen && !result.transductive)
      return {without, result.mean_recall()};
  }
  return {without, without};
}

Json summary_json(const RetrievalSummary& summary) {
  return {{"r1", summary.r1}, {"r5", summary.r5}, {"r10", summary.r10}, {"median_rank", summary.median_rank}};
}

/// Both directions, with those intervals that were measured.
Json ways_json(const RetrievalResult& result, const std::vector<MetricInterval>& intervals) {
  Json ways = {{"image_to_text", summary_json(result.image_to_text)},
               {"text_to_image", summary_json(result.text_to_image)}};
  for (const MetricInterval& one : intervals) {
    if (!ways.contains(one.way) || !ways[one.way].contains(one.metric) || std::isnan(one.interval.low)) continue;
    ways[one.way]["interval"][one.metric] = {one.interval.low, one.interval.high};
  }
  return ways;
}

}  // namespace

Json parts_json(const Run& run) {
  Json parts = Json::array();
  const std::vector<RunMember> members = members_of(run);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::optional<double>& recall = members[i].dev_recall;
    parts.push_back({{"what", member_words(members[i])},
                     {"dev_mean_recall", recall ? Json(*recall) : Json()},
                     {"weight", run.image_heads.weights()[i]}});
  }
  return parts;
}

Json correction_json(const CorrectionFit& fit, const std::string& where) {
  const auto [without, with] = recalls_of(fit);
  const std::string recalls =
      "mean recall on " + where + " " + decimal(without, 2) + " without, " + decimal(with, 2) + " with it";
  if (!fit.stored.chosen) {
    return {{"method", nullptr},
            {"dev_mean_recall", {without, without}},
            {"words", "none, because none helped on " + where}};
  }
  const std::string name(correction_name(*fit.stored.chosen));
  return {{"method", name}, {"dev_mean_recall", {without, with}}, {"words", name + " (" + recalls + ")"}};
}

Json measured_split(const std::filesystem::path& run, const std::filesystem::path& features, const std::string& split,
                    const BootstrapOptions& bootstrap, const Stages& stages) {
  const RetrievalInput input = read_run_input({.folder = run.string(), .features = features.string(), .split = split});
  EvaluationOptions options;
  options.bootstrap = bootstrap;
  const RetrievalEvaluation evaluation = evaluate_retrieval(input, options, stages);
  const std::optional<CorrectedRetrieval> corrected = measure_corrected(input, evaluation, {});
  const Json uncorrected = ways_json(evaluation.result, evaluation.intervals);
  Json measured = uncorrected;
  if (corrected) measured = ways_json(corrected->result, corrected->intervals);
  measured["split"] = split;
  measured["images"] = evaluation.result.images;
  measured["captions"] = evaluation.result.captions;
  measured["correction"] = corrected ? Json(correction_name(corrected->method)) : Json();
  measured["uncorrected"] = corrected ? uncorrected : Json();
  measured["chance"] = {{"image_to_text", summary_json(evaluation.result.chance.image_to_text)},
                        {"text_to_image", summary_json(evaluation.result.chance.text_to_image)}};
  measured["leaks"] = evaluation.leaks ? Json(evaluation.leaks->leaks.size()) : Json();
  return measured;
}

}  // namespace tandem

#include "tandem/reports/sweep_report.h"

#include <algorithm>
#include <functional>
#include <ostream>

#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/reports/models_table.h"
#include "tandem/training/train_options_json.h"

namespace tandem {
namespace {

constexpr double kDoubt = 0.05;  ///< p from which on a difference may be chance

/// "48.31 +- 0.22"
std::string spread_text(const Spread& spread, int places) {
  return decimal(spread.mean, places) + " +- " + decimal(spread.deviation, places);
}

std::string verdict(const Standing& standing, bool best) {
  if (best) return "the best";
  return standing.p < kDoubt ? "worse" : "not told apart from the best";
}

/// A number of every seed's measurement.
Spread over_seeds(const std::vector<MeasuredModel>& models, const std::function<double(const MeasuredModel&)>& number) {
  std::vector<double> numbers;
  for (const MeasuredModel& model : models) numbers.push_back(number(model));
  return spread(numbers);
}

struct NamedNumber {
  const char* name;
  std::function<double(const MeasuredModel&)> of;
};

const std::vector<NamedNumber>& numbers() {
  static const std::vector<NamedNumber> all = {{"image_to_text_r1", [](const auto& m) { return m.image_to_text.r1; }},
                                               {"image_to_text_r5", [](const auto& m) { return m.image_to_text.r5; }},
                                               {"image_to_text_r10", [](const auto& m) { return m.image_to_text.r10; }},
                                               {"text_to_image_r1", [](const auto& m) { return m.text_to_image.r1; }},
                                               {"text_to_image_r5", [](const auto& m) { return m.text_to_image.r5; }},
                                               {"text_to_image_r10", [](const auto& m) { return m.text_to_image.r10; }},
                                               {"mean_recall", [](const auto& m) { return m.recall; }}};
  return all;
}

void print_standings(const SweepOutcome& outcome, std::ostream& out) {
  std::size_t width = 14;
  for (const Contender& contender : outcome.contenders) width = std::max(width, printable(contender.label).size());
  out << left_aligned("configuration", width) << "  dev mean recall  to the best        95% interval        p\n";
  for (std::size_t place = 0; place < outcome.standings.size(); ++place) {
    const Standing& standing = outcome.standings[place];
    const std::string interval = decimal(standing.interval.low, 2) + " ... " + decimal(standing.interval.high, 2);
    out << left_aligned(outcome.contenders[standing.configuration].label, width)
        << right_aligned(spread_text(standing.dev_recall, 2), 17)
        << right_aligned(place == 0 ? "" : decimal(standing.difference, 2), 13)
        << right_aligned(place == 0 ? "" : interval, 20) << right_aligned(place == 0 ? "" : decimal(standing.p, 4), 9)
        << "  " << verdict(standing, place == 0) << "\n";
  }
  for (const Contender& contender : outcome.failed) {
    const auto trial = std::find_if(contender.trials.begin(), contender.trials.end(),
                                    [](const Trial& one) { return !one.failure.empty(); });
    out << left_aligned(contender.label, width) << "  failed with seed " << trial->options.seed << ": "
        << printable_sentence(trial->failure) << "\n";
  }
}

void print_test(const SweepOutcome& outcome, std::ostream& out) {
  out << "\ntest, " << with_thousands(outcome.test_pictures) << " pictures, " << with_thousands(outcome.test_captions)
      << " captions: the configuration chosen on dev, " << outcome.chosen.size()
      << (outcome.chosen.size() == 1 ? " seed" : " seeds") << "\n"
      << "                         @1             @5            @10\n";
  for (std::size_t way = 0; way < 2; ++way) {
    out << (way == 0 ? "image to text" : "text to image");
    for (std::size_t k = 0; k < 3; ++k)
      out << right_aligned(spread_text(over_seeds(outcome.chosen, numbers()[3 * way + k].of), 1), 15);
    out << "\n";
  }
  out << "mean recall  " << right_aligned(spread_text(over_seeds(outcome.chosen, numbers().back().of), 2), 15) << "\n";
}

Json spread_json(const Spread& spread) { return {{"mean", spread.mean}, {"deviation", spread.deviation}}; }

Json standing_json(const SweepOutcome& outcome, std::size_t place) {
  const Standing& standing = outcome.standings[place];
  const Contender& contender = outcome.contenders[standing.configuration];
  Json options = to_json(contender.options.front());
  Json seeds = Json::array();
  options.erase("seed");
  for (const Trial& trial : contender.trials)
    seeds.push_back(
        {{"seed", trial.options.seed}, {"dev_mean_recall", trial.dev_recall}, {"best_epoch", trial.best_epoch}});
  return {{"label", contender.label},
          {"options", options},
          {"dev_mean_recall", spread_json(standing.dev_recall)},
          {"seeds", seeds},
          {"difference", standing.difference},
          {"interval", {standing.interval.low, standing.interval.high}},
          {"p", standing.p}};
}

}  // namespace

void print_sweep(const SweepOutcome& outcome, std::ostream& out) {
  out << printable(outcome.data) << ", dev, " << with_thousands(outcome.dev_pictures) << " pictures, "
      << with_thousands(outcome.dev_captions) << " captions: mean of the six recalls, mean +- deviation over seeds\n";
  print_standings(outcome, out);
  print_test(outcome, out);
  out << "\nclosed-form baselines on test, fitted on train, settings chosen on dev\n";
  print_models(outcome.baselines, out);
  out << "\n"
      << outcome.best << ": the run of the best seed on dev, " << outcome.best_seed << "\n"
      << "Differences and p are of the paired bootstrap over dev pictures, of the mean over seeds; p says nothing "
         "about other seeds.\n";
}

Json sweep_json(const SweepOutcome& outcome) {
  Json configurations = Json::array();
  Json failed = Json::array();
  Json baselines = Json::array();
  Json seeds = Json::array();
  Json test = Json::object();
  for (std::size_t place = 0; place < outcome.standings.size(); ++place)
    configurations.push_back(standing_json(outcome, place));
  for (const Contender& contender : outcome.failed) {
    for (const Trial& trial : contender.trials) {
      if (!trial.failure.empty())
        failed.push_back({{"label", contender.label}, {"seed", trial.options.seed}, {"failure", trial.failure}});
    }
  }
  for (const MeasuredModel& model : outcome.baselines) baselines.push_back(to_json(model));
  for (const MeasuredModel& model : outcome.chosen) seeds.push_back(to_json(model));
  for (const NamedNumber& number : numbers()) test[number.name] = spread_json(over_seeds(outcome.chosen, number.of));
  return {{"data", outcome.data},
          {"dev", {{"pictures", outcome.dev_pictures}, {"captions", outcome.dev_captions}}},
          {"configurations", configurations},
          {"failed", failed},
          {"test",
           {{"pictures", outcome.test_pictures},
            {"captions", outcome.test_captions},
            {"chosen", test},
            {"seeds", seeds},
            {"baselines", baselines}}},
          {"best", {{"run", outcome.best}, {"seed", outcome.best_seed}}}};
}

}  // namespace tandem

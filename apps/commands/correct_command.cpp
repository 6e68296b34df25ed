#include <ATen/ops/arange.h>

#include <iostream>
#include <memory>

#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/model/embedded_split.h"
#include "tandem/model/run_place.h"
#include "tandem/model/stored_correction.h"
#include "tandem/retrieval/hubness.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/folder_lock.h"

namespace tandem::apps {
namespace {

struct CorrectArguments {
  std::string run;
  std::string features;
  std::string method = "auto";
  std::int64_t bank = 8192;
  bool json = false;
};

/// One row of the table: what dev says of a correction, or of none.
struct DevResult {
  std::string name;
  double image_to_text = 0;  ///< mean of recall@1, 5 and 10
  double text_to_image = 0;
  Hubness text;   ///< captions as answers to pictures
  Hubness image;  ///< pictures as answers to captions
  std::optional<CorrectionPair> settings;

  double mean() const { return (image_to_text + text_to_image) / 2; }
};

DevResult measure(const std::string& name, const at::Tensor& image, const at::Tensor& text,
                  const at::Tensor& image_of_text) {
  const RetrievalRanks ranks = retrieval_ranks(image, text, image_of_text);
  const auto mean_of = [](const std::vector<std::int64_t>& of) {
    return (recall_at(of, 1) + recall_at(of, 5) + recall_at(of, 10)) / 3;
  };
  const std::int64_t k = std::min({kUsualOccurrence, image.size(0), text.size(0)});
  return {.name = name,
          .image_to_text = mean_of(ranks.image_to_text),
          .text_to_image = mean_of(ranks.text_to_image),
          .text = measure_hubness(image, text, k),
          .image = measure_hubness(text, image, k)};
}

/// At most `most` rows, evenly spread, as the run's file will keep them.
at::Tensor bank_of(const at::Tensor& rows, std::int64_t most) {
  const std::int64_t kept = std::min(most, rows.size(0));
  return as_stored(rows.index_select(0, at::arange(kept, at::kLong).mul(rows.size(0)).floor_divide(kept)));
}

class DevBench {
 public:
  DevBench(const EmbeddedSplit& dev, StoredCorrection& stored) : dev_(dev), stored_(stored) {}

  /// Chooses a method's settings, by the run's banks and by dev's own queries, and measures both.
  std::vector<DevResult> fit(CorrectionMethod method, const Progress& progress) {
    const at::Tensor &image = dev_.image, &text = dev_.text, &pairs = dev_.pairs.image_of_text;
    const CorrectionChoice trained{.image = image,
                                   .text = text,
                                   .image_of_text = pairs,
                                   .image_bank = stored_.image_bank,
                                   .text_bank = stored_.text_bank};
    const CorrectionChoice own{
        .image = image, .text = text, .image_of_text = pairs, .image_bank = image, .text_bank = text};
    const FittedCorrection fitted{.inductive = choose_correction(trained, method, progress),
                                  .transductive = choose_correction(own, method, progress)};
    stored_.fitted[method] = fitted;
    const ChosenCorrection chosen{
        .method = method, .fitted = fitted, .image_bank = stored_.image_bank, .text_bank = stored_.text_bank};
    std::vector<DevResult> results;
    for (const bool transductive : {false, true}) {
      const BiasedEmbeddings biased = corrected(chosen, image, text, transductive);
      results.push_back(measure(std::string(correction_name(method)) + (transductive ? ", TRANSDUCTIVE" : ""),
                                biased.image, biased.text, pairs));
      results.back().settings = transductive ? fitted.transductive : fitted.inductive;
    }
    return results;
  }

 private:
  const EmbeddedSplit& dev_;
  StoredCorrection& stored_;
};

void print_settings(const HubCorrection& correction) {
  const bool by_neighbours = correction.method != CorrectionMethod::kInvertedSoftmax;
  std::cout << right_aligned(by_neighbours ? "k " + std::to_string(correction.k) : "", 7)
            << right_aligned(correction.method == CorrectionMethod::kCsls ? "" : decimal(correction.strength, 2), 7);
}

void print_result(const DevResult& result) {
  std::cout << left_aligned(result.name, 31) << right_aligned(decimal(result.image_to_text, 2), 8)
            << right_aligned(decimal(result.text.skewness, 2), 7);
  if (result.settings)
    print_settings(result.settings->text);
  else
    std::cout << std::string(14, ' ');
  std::cout << right_aligned(decimal(result.text_to_image, 2), 8)
            << right_aligned(decimal(result.image.skewness, 2), 7);
  if (result.settings) print_settings(result.settings->image);
  std::cout << "\n";
}

Json to_json(const Hubness& hubness) {
  return {{"skewness", hubness.skewness}, {"never_found", hubness.never_found}, {"most", hubness.most}};
}
Json to_json(const HubCorrection& correction) { return {{"k", correction.k}, {"strength", correction.strength}}; }

Json to_json(const DevResult& result) {
  Json json = {{"correction", result.name},
               {"transductive", result.name.ends_with("TRANSDUCTIVE")},
               {"image_to_text", {{"mean_recall", result.image_to_text}, {"hubness", to_json(result.text)}}},
               {"text_to_image", {{"mean_recall", result.text_to_image}, {"hubness", to_json(result.image)}}}};
  if (result.settings) {
    json["image_to_text"]["settings"] = to_json(result.settings->text);
    json["text_to_image"]["settings"] = to_json(result.settings->image);
  }
  return json;
}

/// The best on dev of those that need no test queries; nothing where that is none at all.
std::optional<CorrectionMethod> best_method(const std::vector<DevResult>& results) {
  const DevResult* best = &results.front();
  for (const DevResult& result : results) {
    if (correction_named(result.name) && result.mean() > best->mean()) best = &result;
  }
  return correction_named(best->name);
}

void run_correct(const CorrectArguments& arguments) {
  const FolderLock lock(arguments.run);
  sweep_temporaries(arguments.run, is_run_entry);
  const EmbeddedSplit dev = embed_split(arguments.run, arguments.features, "dev");
  StoredCorrection stored;
  {
    const EmbeddedSplit train = embed_split(arguments.run, arguments.features, "train");
    stored.image_bank = bank_of(train.image, arguments.bank);
    stored.text_bank = bank_of(train.text, arguments.bank);
  }
  DevBench bench(dev, stored);
  std::vector<DevResult> results = {measure("none", dev.image, dev.text, dev.pairs.image_of_text)};
  for (const CorrectionMethod method :
       arguments.method == "auto" ? all_corrections() : std::vector{*correction_named(arguments.method)}) {
    ProgressBar bar("choosing " + std::string(correction_name(method)), "settings");
    for (DevResult& result : bench.fit(method, bar.callback())) results.push_back(std::move(result));
  }
  stored.chosen = arguments.method == "auto" ? best_method(results) : correction_named(arguments.method);
  write_correction(arguments.run, stored);

  const std::string chosen = stored.chosen ? std::string(correction_name(*stored.chosen)) : "none";
  if (arguments.json) {
    Json list = Json::array();
    for (const DevResult& result : results) list.push_back(to_json(result));
    std::cout << Json{{"run", arguments.run},
                      {"chosen", chosen},
                      {"image_bank", stored.image_bank.size(0)},
                      {"text_bank", stored.text_bank.size(0)},
                      {"dev", list}}
                     .dump(2, ' ', false, Json::error_handler_t::replace)
              << "\n";
    return;
  }
  std::cout << printable(dev.store.manifest().data_name) << ", dev: " << with_thousands(dev.image.size(0))
            << " pictures, " << with_thousands(dev.text.size(0)) << " captions; ";
  std::cout << "banks of " << with_thousands(stored.image_bank.size(0)) << " training pictures and "
            << with_thousands(stored.text_bank.size(0)) << " training captions\n";
  std::cout << "                                      image to text                       text to image\n"
               "                                 recall   skew      settings      recall   skew      settings\n";
  for (const DevResult& result : results) print_result(result);
  std::cout << "recall: mean of recall@1, 5 and 10; skew: skewness of the " << kUsualOccurrence
            << "-occurrence of the answers. Settings were chosen on these very numbers.\n"
               "TRANSDUCTIVE: the bank is the queries of the split itself; search cannot use it.\n"
            << arguments.run << ": "
            << (stored.chosen ? chosen + " is kept; eval and search use it" : "none is kept: dev was better without")
            << "\n";
}

}  // namespace

void add_correct_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("correct", "Fit a correction for hubs, candidates that turn up in everybody's answers");
  const auto arguments = std::make_shared<CorrectArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command
      ->add_option("--method", arguments->method,
                   "nnn, csls or inverted-softmax: that one alone is fitted, and eval and search use it; auto: all, "
                   "and they use the best on dev, or none")
      ->check(CLI::IsMember({"auto", "nnn", "csls", "inverted-softmax"}))
      ->capture_default_str();
  command
      ->add_option("--bank", arguments->bank,
                   "At most so many training pictures and captions to compare with, kept in the run")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem correct run\n"
      "  tandem correct run --method nnn --bank 2000\n"
      "  tandem eval run --correction csls                          # where csls was fitted\n"
      "  tandem search run \"a dog on a beach\" --correction none\n"
      "\nMethods are fitted with banks of training queries, their settings chosen on dev, and kept in RUN/hubness.json "
      "and\n"
      "RUN/hubness.safetensors.");
  command->callback([arguments] { run_correct(*arguments); });
}

}  // namespace tandem::apps

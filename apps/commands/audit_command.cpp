#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>

#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/number_text.h"
#include "tandem/evaluation/audit_galleries.h"
#include "tandem/figures/page_template.h"
#include "tandem/model/cca_solution.h"
#include "tandem/model/embedded_split.h"
#include "tandem/reports/audit_report.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/staged_files.h"

namespace tandem::apps {
namespace {

constexpr std::int64_t kTwinsKept = 1000;

struct AuditArguments {
  std::string run;
  std::string split = "test";
  std::string features;
  std::string out;
  std::string csv;
  std::int64_t folds = 5;
  std::int64_t epochs = 0;
  std::int64_t shown = 40;
  double plant = 0;
  std::uint64_t seed = 0;
  int threads = 0;
  bool json = false;
};

/// Rows of the pictures of the training split, and of the rest.
struct Sides {
  std::vector<std::int64_t> training, unseen;
};

Sides sides_of(const FeatureStore& store, const PairedFeatures& pairs) {
  Sides sides;
  for (std::size_t i = 0; i < pairs.image_in_store.size(); ++i) {
    (store.manifest().image_splits[pairs.image_in_store[i]] == Split::kTrain ? sides.training : sides.unseen)
        .push_back(static_cast<std::int64_t>(i));
  }
  return sides;
}

bool has_split(const FeatureStore& store, Split split) {
  const std::vector<Split>& splits = store.manifest().image_splits;
  return std::find(splits.begin(), splits.end(), split) != splits.end();
}

/// Makes the folds' heads as the run's were made, an ensemble's as its first member's: trained, the
/// epoch chosen on dev too (where there is no dev, the last epoch is kept), or solved for with the
/// run's settings.
class FoldTrainer {
 public:
  FoldTrainer(const FeatureStore& store, const RunMember& run, const AuditArguments& arguments)
      : manifest_(store.manifest()),
        options_(run.options),
        cca_(run.cca),
        folds_(arguments.folds),
        bar_("making fold heads", cca_ ? "folds" : "batches") {
    TORCH_CHECK_VALUE(!cca_ || arguments.epochs == 0,
                      "audit: --epochs is of heads that are trained, got a run of CCA, whose are solved for");
    if (arguments.epochs > 0) options_.epochs = arguments.epochs;
    if (has_split(store, Split::kDev)) dev_ = select_split(store, Split::kDev);
  }

  FittedHeads operator()(const PairedFeatures& training, std::int64_t fold) {
    return cca_ ? solved(training, fold) : trained(training, fold);
  }

 private:
  FittedHeads solved(const PairedFeatures& training, std::int64_t fold) {
    const PairedFeatures* dev = dev_ ? &*dev_ : nullptr;
    const CcaSolution found = solve_cca(training, dev, manifest_,
                                        {.regularisations = {cca_->regularisation},
                                         .powers = {cca_->power},
                                         .width = options_.image_head.embedding_width});
    if (const Progress progress = bar_.callback()) progress(fold + 1, folds_);
    return {.image = found.image, .text = found.text, .logit_scale = found.logit_scale};
  }

  FittedHeads trained(const PairedFeatures& training, std::int64_t fold) {
    DevQuality quality;
    if (dev_) {
      quality = [&](const ProjectionHead& image, const ProjectionHead& text) {
        return mean_recall(
            retrieval_ranks(embed_all(image, dev_->image), embed_all(text, dev_->text), dev_->image_of_text));
      };
    }
    const Progress progress = bar_.callback();
    const TrainedHeads heads = train_heads(training, options_, quality, {.on_step = [&](const StepReport& step) {
                                             if (progress) progress(fold * step.steps + step.step, folds_ * step.steps);
                                           }});
    return {.image = heads.image, .text = heads.text, .logit_scale = heads.logit_scale};
  }

  FeatureManifest manifest_;
  TrainOptions options_;
  std::optional<CcaSettings> cca_;
  std::int64_t folds_;
  std::optional<PairedFeatures> dev_;
  ProgressBar bar_;
};

constexpr std::size_t kSmallestGallery = 2;  // Pictures: one alone is nearest whatever its captions say.
constexpr std::size_t kSmallestTraining = 2 * kSmallestGallery;  // Two folds.

/// What can be judged of a split, and what of it is left out because nothing can.
struct Judgeable {
  PairedFeatures pairs;
  Sides sides;
  std::string left_out;  ///< a sentence; empty: nothing
  std::int64_t left_out_images = 0;
};

Judgeable judgeable(const FeatureStore& store, const PairedFeatures& pairs) {
  Sides sides = sides_of(store, pairs);
  const std::size_t training = sides.training.size();
  const std::size_t unseen = sides.unseen.size();
  TORCH_CHECK_VALUE(training >= kSmallestTraining || unseen >= kSmallestGallery,
                    "audit: a pair is judged beside other pictures, so ", kSmallestTraining,
                    " pictures of the split train or ", kSmallestGallery, " of the others were needed, got ", training,
                    " and ", unseen);
  Judgeable result{.pairs = pairs, .sides = std::move(sides), .left_out = {}};
  if (training > 0 && training < kSmallestTraining) {
    result.left_out = "of the split train " + std::to_string(training) + " pictures: cross-fitting needs " +
                      std::to_string(kSmallestTraining);
    result.left_out_images = static_cast<std::int64_t>(training);
    result.pairs = pictures_of(pairs, result.sides.unseen);
  } else if (unseen == 1) {
    result.left_out = "of the splits beside train the only picture: there is no other to judge it beside";
    result.left_out_images = 1;
    result.pairs = pictures_of(pairs, result.sides.training);
  }
  if (result.left_out_images > 0) result.sides = sides_of(store, result.pairs);
  return result;
}

void check_folds(const AuditArguments& arguments, const Sides& sides) {
  const auto pictures = static_cast<std::int64_t>(sides.training.size());
  if (pictures == 0) return;
  TORCH_CHECK_VALUE(arguments.folds >= 2 && 2 * arguments.folds <= pictures, "audit: --folds must be ",
                    pictures < 6 ? "2" : "from 2 to " + std::to_string(pictures / 2), ", two pictures a fold, for the ",
                    pictures, " pictures of the split train, got ", arguments.folds);
}

/// Puts the swapped captions at their new places, in features and words.
PlantedReport plant(PairedFeatures& pairs, const AuditArguments& arguments) {
  PlantedReport planted{.swaps = plant_swaps(pairs.image_of_text, arguments.plant, arguments.seed),
                        .share = arguments.plant,
                        .seed = arguments.seed};
  pairs.text = pairs.text.index_select(0, planted.swaps.text_of_place);
  const std::vector<std::int64_t> before = pairs.text_in_store;
  for (std::size_t j = 0; j < before.size(); ++j)
    pairs.text_in_store[j] = before[planted.swaps.text_of_place[static_cast<std::int64_t>(j)].item<std::int64_t>()];
  planted.chance = planted.swaps.planted.to(at::kDouble).mean().item<double>();
  return planted;
}

void measure_planted(PlantedReport& planted, const PairAudit& audit) {
  at::Tensor score = at::zeros({planted.swaps.planted.size(0)}, at::kDouble);
  at::Tensor similarity = at::zeros_like(score);
  for (const JudgedPair& pair : audit.pairs) {
    score[pair.text] = pair.log_odds;
    similarity[pair.text] = pair.similarity;
  }
  planted.average_precision = average_precision(score, planted.swaps.planted);
  planted.by_similarity = average_precision(-similarity, planted.swaps.planted);
}

void run_audit(const AuditArguments& arguments) {
  TORCH_CHECK_VALUE(!arguments.out.empty() || !arguments.csv.empty() || arguments.json || arguments.plant > 0,
                    "audit: --out, --csv, --json or --plant was needed, got none of them");
  if (!arguments.out.empty()) check_page_path(arguments.out);
  StagedFiles files;  // Both of them appear at the end, or neither. A folder that is not there is complained of now.
  const std::filesystem::path page = arguments.out.empty() ? "" : files.stage(arguments.out);
  const std::filesystem::path table = arguments.csv.empty() ? "" : files.stage(arguments.csv);
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  const SplitFeatures split = open_split(arguments.run, arguments.features, arguments.split);
  Judgeable judged = judgeable(split.store, split.pairs);
  PairedFeatures& pairs = judged.pairs;
  const Sides& sides = judged.sides;
  check_folds(arguments, sides);
  std::optional<PlantedReport> planted;
  if (arguments.plant > 0) planted = plant(pairs, arguments);

  std::vector<JudgedGallery> galleries;
  if (!sides.training.empty()) {
    FoldTrainer trainer(split.store, members_of(split.run).front(), arguments);
    galleries = cross_fitted_galleries(pairs, sides.training, arguments.folds, arguments.seed, std::ref(trainer));
  }
  if (!sides.unseen.empty()) {
    galleries.push_back(held_out_gallery(
        pairs, sides.unseen,
        {.image = split.run.image_heads, .text = split.run.text_heads, .logit_scale = split.run.logit_scale}));
  }
  ProgressBar bar("comparing captions", "captions");
  TwinList twins = twin_captions(pairs.text, pairs.image_of_text, kTwinsKept, bar.callback());
  PairAudit audit = audit_pairs(galleries, twins.partner, {.seed = arguments.seed});
  if (planted) measure_planted(*planted, audit);
  const AuditReport report{.store = split.store,
                           .pairs = pairs,
                           .split = arguments.split,
                           .folds = sides.training.empty() ? 0 : arguments.folds,
                           .cross_fitted = static_cast<std::int64_t>(sides.training.size()),
                           .shuffled = split.run.options.shuffled,
                           .left_out = judged.left_out,
                           .left_out_images = judged.left_out_images,
                           .audit = std::move(audit),
                           .twins = std::move(twins),
                           .planted = std::move(planted)};
  if (!table.empty()) write_audit_table(report, table);
  if (!page.empty()) {
    ProgressBar thumbnails("drawing thumbnails", "pictures");
    write_audit_report(report, page, arguments.shown, thumbnails.callback());
  }
  files.commit();
  if (arguments.json) {
    std::cout << json_text(audit_json(report, arguments.shown)) << "\n";
    return;
  }
  print_audit(report, std::cout);
  if (!arguments.out.empty()) std::cout << arguments.out << ": the page with pictures\n";
  if (!arguments.csv.empty())
    std::cout << arguments.csv << ": every pair, most suspect first; new_caption is for yours\n";
}

}  // namespace

void add_audit_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("audit", "Judge every pair: aligned, ambiguous, hub, or likely a wrong caption");
  const auto arguments = std::make_shared<AuditArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out,
                      "Page to write, .html: lists of suspects with pictures and captions side by side");
  command->add_option("--csv", arguments->csv,
                      "Table to write: every pair, most suspect first, with room for a new caption");
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command
      ->add_option("--folds", arguments->folds,
                   "For the training split: heads to train, each judging the pictures that it did not see")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  command->add_option("--epochs", arguments->epochs, "Epochs of those heads; 0: as many as the run's")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_option("--count", arguments->shown, "Pairs of each kind on the page and in the JSON")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--plant", arguments->plant,
                   "Swap this share of the captions between pictures first, and say how many of them the list finds")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "Of folds, planted swaps and the mismatches that are learned from")
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads, 0: one a core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem audit run --out audit.html\n"
      "  tandem audit run --split train --out train.html --csv relabel.csv\n"
      "  tandem audit run --plant 0.05 --seed 1              how far the list can be trusted on this data\n"
      "\nPictures of the training split are judged by cross-fitting, all others by the run's heads. --plant swaps "
      "single captions\n"
      "of different pictures, so that each picture keeps its other captions, and also for the heads that are trained "
      "for the audit.");
  command->callback([arguments, command] {
    const bool trains = arguments->split == "train" || arguments->split == "all";
    refuse_idle_options(*command,
                        {{{"--folds", "--epochs"}, "--split train or all", trains, "--split " + arguments->split},
                         {{"--count"}, "--out or --json", !arguments->out.empty() || arguments->json}});
    run_audit(*arguments);
  });
}

}  // namespace tandem::apps

#include "tandem/evaluation/model_audit.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <functional>

#include "tandem/evaluation/audit_galleries.h"
#include "tandem/features/picture_subset.h"
#include "tandem/model/cca_solution.h"
#include "tandem/retrieval/ranks.h"
#include "tandem/retrieval/recall.h"

namespace tandem {
namespace {

constexpr std::int64_t kTwinsKept = 1000;
constexpr std::size_t kSmallestGallery = 2;  // pictures: one alone would be nearest to every caption
constexpr std::size_t kSmallestTraining = 2 * kSmallestGallery;  // Two folds.

/// Rows of the pictures of the training split, and of the rest.
struct Sides {
  std::vector<std::int64_t> training, unseen;
};

Sides sides_of(const FeatureStore& store, const PairedFeatures& pairs) {
  Sides sides;
  for (std::size_t i = 0; i < pairs.image_in_store.size(); ++i) {
    const bool trained_on = store.manifest().image_splits[pairs.image_in_store[i]] == Split::kTrain;
    (trained_on ? sides.training : sides.unseen).push_back(static_cast<std::int64_t>(i));
  }
  return sides;
}

/// Makes the folds' heads as the model's were made, an ensemble's as its first member's: trained,
/// the epoch chosen on dev too (the last epoch without dev), or solved for with the model's
/// settings.
class FoldTrainer {
 public:
  FoldTrainer(const FeatureStore& store, const RunMember& member, const AuditOptions& options, const Stages& stages,
              const StopAsked& stop)
      : manifest_(store.manifest()),
        options_(member.options),
        cca_(member.cca),
        folds_(options.folds),
        progress_(begin_stage(stages, "making fold heads", cca_ ? "folds" : "batches")),
        stop_(stop) {
    TORCH_CHECK_VALUE(!cca_ || options.epochs == 0,
                      "audit: --epochs is of heads that are trained, got a run of CCA, whose are solved for");
    if (options.epochs > 0) options_.epochs = options.epochs;
    if (has_split(store, Split::kDev)) dev_ = select_split(store, Split::kDev);
  }

  FittedHeads operator()(const PairedFeatures& training, std::int64_t fold) {
    if (stop_ && stop_()) throw Stopped();
    return cca_ ? solved(training, fold) : trained(training, fold);
  }

 private:
  FittedHeads solved(const PairedFeatures& training, std::int64_t fold) {
    const PairedFeatures* dev = dev_ ? &*dev_ : nullptr;
    const CcaSolution found = solve_cca(training, dev, manifest_,
                                        {.regularisations = {cca_->regularisation},
                                         .powers = {cca_->power},
                                         .width = options_.image_head.embedding_width});
    if (progress_) progress_(fold + 1, folds_);
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
    TrainHooks hooks;
    hooks.on_step = [&](const StepReport& step) {
      if (progress_) progress_(fold * step.steps + step.step, folds_ * step.steps);
    };
    hooks.stop = [&](const TrainingState&) { return stop_ && stop_(); };
    const TrainedHeads heads = train_heads(training, options_, quality, hooks);
    return {.image = heads.image, .text = heads.text, .logit_scale = heads.logit_scale};
  }

  FeatureManifest manifest_;
  TrainOptions options_;
  std::optional<CcaSettings> cca_;
  std::int64_t folds_;
  std::optional<PairedFeatures> dev_;
  Progress progress_;
  StopAsked stop_;
};

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

void check_folds(std::int64_t folds, const Sides& sides) {
  const auto pictures = static_cast<std::int64_t>(sides.training.size());
  if (pictures == 0) return;
  TORCH_CHECK_VALUE(folds >= 2 && 2 * folds <= pictures, "audit: --folds must be ",
                    pictures < 6 ? "2" : "from 2 to " + std::to_string(pictures / 2), ", two pictures a fold, for the ",
                    pictures, " pictures of the split train, got ", folds);
}

/// Puts the swapped captions at their new places, in features and words.
PlantedResult plant(PairedFeatures& pairs, const AuditOptions& options) {
  PlantedResult planted{.swaps = plant_swaps(pairs.image_of_text, options.planted_share, options.seed),
                        .share = options.planted_share,
                        .seed = options.seed};
  pairs.text = pairs.text.index_select(0, planted.swaps.text_of_place);
  const std::vector<std::int64_t> before = pairs.text_in_store;
  for (std::size_t j = 0; j < before.size(); ++j)
    pairs.text_in_store[j] = before[planted.swaps.text_of_place[static_cast<std::int64_t>(j)].item<std::int64_t>()];
  planted.chance = planted.swaps.planted.to(at::kDouble).mean().item<double>();
  return planted;
}

void measure_planted(PlantedResult& planted, const PairAudit& audit) {
  at::Tensor score = at::zeros({planted.swaps.planted.size(0)}, at::kDouble);
  at::Tensor similarity = at::zeros_like(score);
  for (const JudgedPair& pair : audit.pairs) {
    score[pair.text] = pair.log_odds;
    similarity[pair.text] = pair.similarity;
  }
  planted.average_precision = average_precision(score, planted.swaps.planted);
  planted.by_similarity = average_precision(-similarity, planted.swaps.planted);
}

}  // namespace

std::int64_t ModelAudit::count(Verdict verdict) const {
  return std::count_if(audit.pairs.begin(), audit.pairs.end(),
                       [verdict](const JudgedPair& pair) { return pair.verdict == verdict; });
}

ModelAudit audit_model(const Model& model, const AuditOptions& options, const Stages& stages, const StopAsked& stop) {
  SplitFeatures split = model.split(options.features, options.split);
  if (!options.pictures.empty()) split.store.move_pictures(options.pictures);
  Judgeable judged = judgeable(split.store, split.pairs);
  PairedFeatures& pairs = judged.pairs;
  const Sides& sides = judged.sides;
  check_folds(options.folds, sides);
  std::optional<PlantedResult> planted;
  if (options.planted_share > 0) planted = plant(pairs, options);

  std::vector<JudgedGallery> galleries;
  if (!sides.training.empty()) {
    FoldTrainer trainer(split.store, members_of(split.run).front(), options, stages, stop);
    galleries = cross_fitted_galleries(pairs, sides.training, options.folds, options.seed, std::ref(trainer));
  }
  if (!sides.unseen.empty()) {
    galleries.push_back(held_out_gallery(
        pairs, sides.unseen,
        {.image = split.run.image_heads, .text = split.run.text_heads, .logit_scale = split.run.logit_scale}));
  }
  TwinList twins =
      twin_captions(pairs.text, pairs.image_of_text, kTwinsKept, begin_stage(stages, "comparing captions", "captions"));
  PairAudit audit = audit_pairs(galleries, twins.partner, {.seed = options.seed});
  if (planted) measure_planted(*planted, audit);
  return {.store = std::move(split.store),
          .pairs = std::move(judged.pairs),
          .split = options.split,
          .folds = sides.training.empty() ? 0 : options.folds,
          .cross_fitted = static_cast<std::int64_t>(sides.training.size()),
          .shuffled = split.run.options.shuffled,
          .left_out = judged.left_out,
          .left_out_images = judged.left_out_images,
          .audit = std::move(audit),
          .twins = std::move(twins),
          .planted = std::move(planted)};
}

}  // namespace tandem

#include "tandem/finetuning/tune_run.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <c10/util/Exception.h>

#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/features/encode.h"
#include "tandem/features/row_shards.h"
#include "tandem/finetuning/open_tuned_side.h"
#include "tandem/finetuning/tune_record.h"
#include "tandem/finetuning/tuned_run_files.h"
#include "tandem/finetuning/tuning_material.h"
#include "tandem/model/finetune_checkpoint.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/run_place.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/path_text.h"
#include "tandem/training/checkpoint.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kCommandName = "finetune";

/// A fine-tuning with everything it needs opened; nothing is written yet.
struct TuneJob {
  TuneRunOptions options;
  Run run;
  FeatureStore store;
  std::vector<ImageSource> image_sources;
  std::vector<TextSource> text_sources;
  std::string plan;

  const ProjectionHead& image_head() const { return run.image_heads.only(kCommandName); }
  const ProjectionHead& text_head() const { return run.text_heads.only(kCommandName); }
  bool trains_images() const { return options.towers != TunedTowers::kText; }
  bool trains_texts() const { return options.towers != TunedTowers::kImage; }
};

struct TunedSides {
  TunedSide image, text;
};

/// Runs of versions that divided by any deviation, however small, leap with the first step.
void check_statistics(const ProjectionHead& head, const std::string& side, const Path& run) {
  const FeatureStatistics statistics = head.statistics();
  if (!statistics.deviation.defined()) return;
  // Those that were left out have deviation 1, which in a view of large values is little.
  const at::Tensor scaled_up = hardly_moving(statistics.mean, statistics.deviation, head.options().view_widths)
                                   .logical_and(statistics.deviation != 1);
  const std::int64_t count = scaled_up.sum().item<std::int64_t>();
  if (count == 0) return;
  throw FileError(run, "heads that leave out columns which hardly move, as 'tandem train' makes them now (train again)",
                  std::to_string(count) + " such column" + (count == 1 ? "" : "s") + " of the " + side + " scaled up");
}

/// fp16 is for answers: its gradients would need a scale of their own.
Precision tuning_precision(const std::string& dtype, c10::Device device) {
  return precision_named(device.is_cuda() && dtype == "auto" ? "bf16" : dtype, device);
}

TuneRunOptions settled_options(TuneRunOptions options, const Run& run) {
  options.tuning.precision = tuning_precision(options.dtype, options.device);
  options.training.loss = run.options.loss;
  options.training.largest_scale = run.options.largest_scale;
  options.training.learn_scale = run.options.learn_scale;
  options.training.initial_bias = run.options.initial_bias;
  return options;
}

FeatureStore open_features(const TuneRunOptions& options, const Run& run) {
  const Path folder = options.features.empty() ? run.features_folder : options.features;
  if (std::filesystem::exists(folder)) return FeatureStore::open(folder);
  throw FileError(options.run,
                  "the features it was trained on in " + folder.string() + " (--features names another place)", "none");
}

TuneJob open_job(const TuneRunOptions& asked) {
  for (const Path& kept : {asked.out, asked.run})
    path_text(std::filesystem::absolute(kept));  // Refused now, not after the training.
  Run run = open_run(asked.run);
  check_statistics(run.image_heads.only(kCommandName), "pictures", asked.run);
  check_statistics(run.text_heads.only(kCommandName), "captions", asked.run);
  TuneRunOptions options = settled_options(asked, run);
  FeatureStore store = open_features(options, run);
  check_same_encoders(run, store.manifest(), store.folder());
  std::vector<ImageSource> image_sources = open_image_sources(options.run, run, options.device);
  std::vector<TextSource> text_sources = open_text_sources(options.run, run, options.device);
  TORCH_CHECK_VALUE(!std::filesystem::exists(options.out) || !std::filesystem::equivalent(options.out, options.run),
                    "finetune: --out must be another folder than the run, got ", options.out.string());
  std::string plan = tuning_plan(options, run, store.manifest());
  return {.options = std::move(options),
          .run = std::move(run),
          .store = std::move(store),
          .image_sources = std::move(image_sources),
          .text_sources = std::move(text_sources),
          .plan = std::move(plan)};
}

/// Where the work of this plan goes on or begins: in `out`, or beside the run or the other
/// fine-tuning that it is to replace.
Path settle_place(RunPlace& run_place, const TuneJob& job) {
  const Path& out = job.options.out;
  const bool overwrite = job.options.overwrite;
  const bool finished = std::filesystem::exists(out / kRunName);
  if (finished && !overwrite)
    throw FileError(out, "a folder without a run (--overwrite replaces it)", "a finished run");
  const Path begun = unfinished_training(out);
  const bool is_ours = finetune_checkpoint_plan(begun / kCheckpointName) == job.plan;
  // Without --overwrite another plan's checkpoint is refused where it is read.
  if (is_ours || (begun == out && !overwrite && std::filesystem::exists(out / kCheckpointName)))
    return run_place.go_on(begun);
  for (const char* name : {"features", "adapters"}) {
    if (std::filesystem::exists(out / name) && !is_run_entry(out / name))
      throw FileError(out / name, "nothing of that name, which the new run needs", "something that is not of a run");
  }
  return run_place.begin_training();
}

void stop_if_asked(const StopAsked& stop) {
  if (stop && stop()) throw Stopped();
}

/// For work that asks nobody itself: throws Stopped between two of its items.
Progress stopping_progress(Progress shown, const StopAsked& stop) {
  return [draw = std::move(shown), &stop](std::int64_t done, std::int64_t total) {
    if (draw) draw(done, total);
    stop_if_asked(stop);
  };
}

TunedSides open_sides(const TuneJob& job, const TuningMaterial& material, const Path& place,
                      const TuneRunWatch& watch) {
  const TuneRunOptions& options = job.options;
  const std::int64_t half = options.memory_bytes / 2;
  OpenSideOptions side_options{
      .tuning = options.tuning,
      .chunks = {.items = options.chunk, .memory_bytes = half, .checkpointing = options.checkpointing},
      .entry_memory_bytes = half,
      .scratch = place,
      .threads = options.threads};
  at::Generator chance = at::detail::createCPUGenerator(options.training.seed);
  TunedSides sides{.image = TunedSide(material.image, {}, side_options.chunks),
                   .text = TunedSide(material.text, {}, side_options.chunks)};
  if (job.trains_images()) {
    side_options.progress = stopping_progress(begin_stage(watch.stages, "frozen layers", "pictures"), watch.stop);
    sides.image = open_tuned_pictures(job.image_sources, material.pictures, material.image, side_options, chance);
  }
  if (job.trains_texts()) {
    side_options.progress = stopping_progress(begin_stage(watch.stages, "frozen layers", "captions"), watch.stop);
    sides.text = open_tuned_texts(job.text_sources, material.captions, material.text, side_options, chance);
  }
  return sides;
}

/// What is trained, for people: "text encoder 0: low-rank changes of layers 1 to 6, 36,864 numbers;
/// what goes into them is in memory, 12 MiB".
std::string description(const TunedEncoder& encoder, const std::string& side) {
  std::int64_t numbers = 0;
  for (const auto& [name, tensor] : encoder.layers.trained()) numbers += tensor.numel();
  const std::string layers = encoder.layers.options().rank > 0 ? "low-rank changes of layers " : "layers ";
  return side + " encoder " + std::to_string(encoder.number) + ": " + layers +
         std::to_string(encoder.layers.first() + 1) + " to " + std::to_string(encoder.layers.last()) + ", " +
         with_thousands(numbers) + " numbers; what goes into them is " +
         std::string(entry_place_name(encoder.entry.place())) + ", " +
         with_thousands(encoder.entry.size_bytes() >> 20) + " MiB";
}

void notice_what_is_trained(const TunedSides& sides, const Notice& notice) {
  if (!notice) return;
  for (const TunedEncoder& encoder : sides.image.encoders()) notice(description(encoder, "image"));
  for (const TunedEncoder& encoder : sides.text.encoders()) notice(description(encoder, "text"));
}

Finetuned train_sides(const TuneJob& job, TunedSides& sides, const TuningMaterial& material, const Path& place,
                      const TuneRunWatch& watch) {
  const Progress progress = begin_stage(watch.stages, "fine-tuning", "batches");
  notice_what_is_trained(sides, watch.notice);
  if (watch.on_begin) watch.on_begin();
  const EmbeddingQuality quality = [&](const at::Tensor& images, const at::Tensor& texts) {
    return mean_recall(retrieval_ranks(images, texts, material.dev.image_of_text));
  };
  return finetune(sides.image, sides.text,
                  {.image_head = job.image_head(), .text_head = job.text_head(), .logit_scale = job.run.logit_scale},
                  material.pairs, job.options.training,
                  {.quality = quality,
                   .on_epoch = watch.on_epoch,
                   .progress = progress,
                   .stop = watch.stop,
                   .checkpoint = place / kCheckpointName,
                   .plan = job.plan});
}

/// A stage that begins with its first item.
Progress late_stage(const Stages& stages, const std::string& doing, const std::string& unit) {
  if (!stages) return {};
  return [&stages, doing, unit, begun = false, shown = Progress()](std::int64_t done, std::int64_t total) mutable {
    if (!begun) shown = stages(doing, unit);
    begun = true;
    if (shown) shown(done, total);
  };
}

/// The records of the encoders in the new run.
struct CarriedEncoders {
  std::vector<EncoderRecord> image, text;
};

CarriedEncoders carry_encoders_of(const TuneJob& job, const TunedSides& sides, const Path& place) {
  const auto resolved = [&](const std::vector<EncoderRecord>& records) {
    return resolved_encoders(records, job.options.run);
  };
  return {
      .image = carry_tuned_encoders(place, "image", resolved(job.run.image_encoders), job.image_sources, sides.image),
      .text = carry_tuned_encoders(place, "text", resolved(job.run.text_encoders), job.text_sources, sides.text)};
}

/// Features by the new encoders; a side that was not trained keeps its own.
void encode_anew(const TuneJob& job, const CarriedEncoders& carried, const Path& place, const Path& features,
                 const TuneRunWatch& watch) {
  const std::vector<ImageSource> images = open_carried_images(place, carried.image, job.options.device);
  const std::vector<TextSource> texts = open_carried_texts(place, carried.text, job.options.device);
  if (!job.trains_images()) write_image_shards(job.store, features);
  if (!job.trains_texts()) write_text_shards(job.store, features);
  encode(caption_set_of(job.store.manifest()), images, texts, features,
         {.threads = job.options.threads,
          .overwrite = true,
          .image_progress = late_stage(watch.stages, "encoding pictures", "pictures"),
          .text_progress = late_stage(watch.stages, "encoding captions", "captions"),
          .stop = watch.stop});
}

double dev_recall_of(const ProjectionHead& image, const ProjectionHead& text, const PairedFeatures& dev) {
  return mean_recall(retrieval_ranks(embed_all(image, dev.image), embed_all(text, dev.text), dev.image_of_text));
}

/// Writes the run's own files. Returns its recall on dev, measured as 'tandem eval' does: on its
/// features, which its encoders made in their own precision, not the training's.
double write_tuned_run(const TuneJob& job, const Finetuned& tuned, const CarriedEncoders& carried, const Path& place,
                       const Path& features) {
  const Path& out = job.options.out;
  const FeatureManifest manifest = settle_manifest(features, out, carried.image, carried.text);
  const FeatureStore made = FeatureStore::open(features);
  const double dev_recall = dev_recall_of(tuned.image_head, tuned.text_head, select_split(made, Split::kDev));
  write_tune_record(place, job.options, tuned, job.plan);
  TrainOptions options = job.run.options;
  options.shuffled = options.shuffled || job.options.training.shuffled;
  write_run(place, {.image_heads = tuned.image_head,
                    .text_heads = tuned.text_head,
                    .logit_scale = tuned.logit_scale,
                    .best_epoch = tuned.best_epoch,
                    .dev_recall = dev_recall,
                    .options = options,
                    .unscaled = job.run.unscaled,
                    .data_name = manifest.data_name,
                    .features_folder = std::filesystem::absolute(out / "features").lexically_normal(),
                    .features_plan = manifest.plan,
                    .image_encoders = relative_to_run(manifest.image_encoders, carried.image),
                    .text_encoders = relative_to_run(manifest.text_encoders, carried.text)});
  return dev_recall;
}

}  // namespace

std::string_view tuned_towers_name(TunedTowers towers) {
  switch (towers) {
    case TunedTowers::kText:
      return "text";
    case TunedTowers::kImage:
      return "image";
    default:
      return "both";
  }
}

std::optional<TunedTowers> tuned_towers_named(std::string_view name) {
  for (const TunedTowers towers : {TunedTowers::kText, TunedTowers::kImage, TunedTowers::kBoth}) {
    if (name == tuned_towers_name(towers)) return towers;
  }
  return std::nullopt;
}

double default_tuning_rate(const TuningOptions& tuning) { return tuning.rank > 0 ? 1e-3 : 1e-4; }

TunedRun tune_run(const TuneRunOptions& options, const TuneRunWatch& watch) {
  const TuneJob job = open_job(options);
  RunPlace run_place(options.out);
  run_place.refuse_inside(job.store.folder());
  const Path place = settle_place(run_place, job);
  const TuningMaterial material = read_tuning_material(job.store);
  TunedSides sides = open_sides(job, material, place, watch);
  Finetuned tuned = train_sides(job, sides, material, place, watch);

  stop_if_asked(watch.stop);
  const CarriedEncoders carried = carry_encoders_of(job, sides, place);
  stop_if_asked(watch.stop);
  const Path features = place / "features";
  encode_anew(job, carried, place, features, watch);
  stop_if_asked(watch.stop);
  const double before = dev_recall_of(job.image_head(), job.text_head(), material.dev);
  const double dev_recall = write_tuned_run(job, tuned, carried, place, features);
  run_place.finish();
  return {.best_epoch = tuned.best_epoch,
          .dev_recall = dev_recall,
          .dev_recall_before = before,
          .epochs = std::move(tuned.epochs)};
}

}  // namespace tandem

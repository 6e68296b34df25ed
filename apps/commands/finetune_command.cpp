#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "tandem/base/errors.h"
#include "tandem/base/number_text.h"
#include "tandem/features/encode.h"
#include "tandem/features/row_shards.h"
#include "tandem/finetuning/finetune.h"
#include "tandem/finetuning/merged_folder.h"
#include "tandem/finetuning/open_tuned_side.h"
#include "tandem/model/finetune_checkpoint.h"
#include "tandem/model/run_folder.h"
#include "tandem/model/run_place.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/path_text.h"
#include "tandem/training/checkpoint.h"

namespace tandem::apps {
namespace {

using Path = std::filesystem::path;

struct FinetuneArguments {
  std::string run, features, out;
  std::string tower = "text", targets = "query-value", dtype = "fp32", device = "cpu";
  std::int64_t unfreeze_last = 0, lora_layers = 0;
  std::int64_t memory_mib = 2048, chunk = 0;
  TuningOptions tuning;
  FinetuneOptions options;
  double learning_rate = 0;
  bool checkpointing = false, overwrite = false, json = false;
  int threads = 0;

  bool trains(const char* side) const { return tower == "both" || tower == side; }
};

/// What training sees of the store: the pictures and captions of train, those of dev behind them.
struct Material {
  PairedFeatures train, dev;
  at::Tensor image, text;  ///< features of both
  std::vector<PictureSource> pictures;
  std::vector<std::string> captions;
  FinetunePairs pairs;
};

Material read_material(const FeatureStore& store) {
  Material read{
      .train = select_split(store, Split::kTrain), .dev = select_split(store, Split::kDev), .image = {}, .text = {}};
  for (const PairedFeatures* part : {&read.train, &read.dev}) {
    for (const std::int64_t row : part->image_in_store) read.pictures.push_back(store.manifest().pictures[row]);
    for (const std::int64_t row : part->text_in_store) read.captions.push_back(store.manifest().captions[row]);
  }
  read.image = at::cat({read.train.image, read.dev.image});
  read.text = at::cat({read.train.text, read.dev.text});
  const at::Tensor partner = read.train.image_of_text.contiguous();
  const std::int64_t* rows = partner.const_data_ptr<std::int64_t>();
  read.pairs = {.train_images = read.train.image.size(0),
                .image_of_train_text = {rows, rows + partner.numel()},
                .dev_images = read.dev.image.size(0),
                .dev_texts = read.dev.text.size(0)};
  return read;
}

/// Everything the outcome depends on.
std::string plan_of(const FinetuneArguments& arguments, const Run& run, const FeatureManifest& manifest) {
  const FinetuneOptions& options = arguments.options;
  Checksum plan;
  plan.add_field("finetune 1")
      .add_field(manifest.plan)
      .add_field(encoding_fingerprint(run.image_encoders, run.text_encoders));
  for (const ProjectionHead* head : {&run.image_heads.only("finetune"), &run.text_heads.only("finetune")}) {
    for (const auto& [name, tensor] : head->tensors()) {
      const at::Tensor bytes = tensor.detach().contiguous();
      plan.add_field(name).add_field({static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes()});
    }
  }
  for (const Split split : manifest.image_splits) plan.add_field(split_name(split));
  plan.add_field(Json{{"tower", arguments.tower},
                      {"unfreeze_last", arguments.unfreeze_last},
                      {"rank", arguments.tuning.rank},
                      {"alpha", arguments.tuning.alpha},
                      {"lora_layers", arguments.lora_layers},
                      {"targets", arguments.targets},
                      {"dtype", arguments.dtype},
                      {"device", arguments.device},
                      {"epochs", options.epochs},
                      {"batch_size", options.batch_size},
                      {"learning_rate", options.learning_rate},
                      {"head_learning_rate", options.head_learning_rate},
                      {"weight_decay", options.weight_decay},
                      {"warm_up", options.warm_up},
                      {"clip", options.gradient_clip},
                      {"shuffled", options.shuffled},
                      {"seed", options.seed},
                      {"scale", run.logit_scale}}
                     .dump());
  return plan.text();
}

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
Precision precision_of(const FinetuneArguments& arguments, c10::Device device) {
  return precision_named(device.is_cuda() && arguments.dtype == "auto" ? "bf16" : arguments.dtype, device);
}

void settle_options(FinetuneArguments& arguments, const Run& run, c10::Device device) {
  const bool lora = arguments.tuning.rank > 0;
  TORCH_CHECK_VALUE(lora != (arguments.unfreeze_last > 0),
                    "finetune: needed either --unfreeze-last N or --lora RANK, got ", lora ? "both" : "neither");
  arguments.tuning.layers = lora ? arguments.lora_layers : arguments.unfreeze_last;
  arguments.tuning.targets = arguments.targets == "all" ? LowRankTargets::kAllLinear : LowRankTargets::kQueryValue;
  arguments.tuning.precision = precision_of(arguments, device);
  arguments.device = device.str();
  // Whole weights are moved with care; low-rank changes begin at zero and bear, and need, larger
  // steps.
  arguments.options.learning_rate = arguments.learning_rate > 0 ? arguments.learning_rate : lora ? 1e-3 : 1e-4;
  arguments.options.loss = run.options.loss;
  arguments.options.largest_scale = run.options.largest_scale;
  arguments.options.learn_scale = run.options.learn_scale;
  arguments.options.initial_bias = run.options.initial_bias;
}

FeatureStore open_features(const FinetuneArguments& arguments, const Run& run) {
  const Path folder = arguments.features.empty() ? run.features_folder : Path(arguments.features);
  if (std::filesystem::exists(folder)) return FeatureStore::open(folder);
  throw FileError(arguments.run,
                  "the features it was trained on in " + folder.string() + " (--features names another place)", "none");
}

double dev_recall_of(const ProjectionHead& image, const ProjectionHead& text, const PairedFeatures& dev) {
  return mean_recall(retrieval_ranks(embed_all(image, dev.image), embed_all(text, dev.text), dev.image_of_text));
}

void print_epoch(const EpochReport& report) {
  std::cout << right_aligned(report.epoch == 0 ? "start" : std::to_string(report.epoch), 5)
            << right_aligned(report.epoch == 0 ? "-" : decimal(report.loss, 4), 10)
            << right_aligned(decimal(report.logit_scale, 1), 8) << right_aligned(decimal(*report.dev_recall, 2), 12)
            << right_aligned(report.epoch == 0 ? "-" : decimal(report.seconds, 1) + " s", 10) << std::endl;
}

/// What is trained, for people: "text-0 all-MiniLM-L6-v2: layers 5 to 6, 3,548,160 numbers; entry
/// states 12 MiB in memory".
void describe(const TunedSide& side, const char* name) {
  for (const TunedEncoder& encoder : side.encoders()) {
    std::int64_t numbers = 0;
    for (const auto& [tensor_name, tensor] : encoder.layers.trained()) numbers += tensor.numel();
    std::cerr << name << " encoder " << encoder.number << ": "
              << (encoder.layers.options().rank > 0 ? "low-rank changes of layers " : "layers ")
              << encoder.layers.first() + 1 << " to " << encoder.layers.last() << ", " << with_thousands(numbers)
              << " numbers; what goes into them is " << entry_place_name(encoder.entry.place()) << ", "
              << with_thousands(encoder.entry.size_bytes() >> 20) << " MiB\n";
  }
}

/// Copies a side's encoders into the new run, the trained ones with their new weights.
template <typename Source>
std::vector<EncoderRecord> carry_side(const FinetuneArguments& arguments, const Path& out, const std::string& side,
                                      const std::vector<EncoderRecord>& records, const std::vector<Source>& sources,
                                      const TunedSide& tuned) {
  std::vector<EncoderRecord> carried = carry_encoders(out, side, resolved_encoders(records, arguments.run));
  for (const TunedEncoder& encoder : tuned.encoders()) {
    EncoderRecord& record = carried[encoder.number];
    const auto& tower = sources[encoder.number].tower;
    write_merged_encoder(tower.folder, tower.files, encoder.layers.merged(), out / record.folder);
    if (encoder.layers.options().rank > 0)
      write_adapter(encoder.layers, out / "adapters" / (side + "-" + std::to_string(encoder.number)));
  }
  return carried;
}

template <typename Source, typename Open>
std::vector<Source> open_carried(const Path& out, const std::vector<EncoderRecord>& records, c10::Device device,
                                 const Open& open) {
  std::vector<Source> sources;
  for (const EncoderRecord& record : records)
    sources.push_back(open(out / record.folder, parse_views(record.views), {record.precision, device}));
  return sources;
}

/// The features name their encoders by the places that these have once the run has its own name.
FeatureManifest settled_manifest(const Path& features, const Path& out, const std::vector<EncoderRecord>& images,
                                 const std::vector<EncoderRecord>& texts) {
  FeatureManifest manifest = read_manifest(features);
  const auto settle = [&](std::vector<EncoderRecord>& made, const std::vector<EncoderRecord>& carried) {
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i].folder = std::filesystem::absolute(out / carried[i].folder).lexically_normal();
  };
  settle(manifest.image_encoders, images);
  settle(manifest.text_encoders, texts);
  write_manifest(features, manifest);
  return manifest;
}

/// The records of the new store, with folders relative to the run.
std::vector<EncoderRecord> with_folders(std::vector<EncoderRecord> made, const std::vector<EncoderRecord>& carried) {
  for (std::size_t i = 0; i < made.size(); ++i) made[i].folder = carried[i].folder;
  return made;
}

void write_outcome(const FinetuneArguments& arguments, const Path& out, const Finetuned& tuned,
                   const std::string& plan) {
  Json epochs = Json::array();
  for (const EpochReport& report : tuned.epochs) {
    epochs.push_back({{"epoch", report.epoch},
                      {"loss", report.loss},
                      {"logit_scale", report.logit_scale},
                      {"dev_mean_recall", *report.dev_recall},
                      {"seconds", report.seconds}});
  }
  const FinetuneOptions& options = arguments.options;
  write_checked_json(out / kFinetuneName,
                     {{"format", "tandem finetune"},
                      {"version", 1},
                      {"from", path_text(std::filesystem::absolute(arguments.run).lexically_normal())},
                      {"plan", plan},
                      {"tower", arguments.tower},
                      {"unfreeze_last", arguments.unfreeze_last},
                      {"lora_rank", arguments.tuning.rank},
                      {"lora_alpha", arguments.tuning.alpha},
                      {"lora_layers", arguments.lora_layers},
                      {"lora_targets", arguments.targets},
                      {"dtype", arguments.dtype},
                      {"device", arguments.device},
                      {"batch_size", options.batch_size},
                      {"learning_rate", options.learning_rate},
                      {"head_learning_rate", options.head_learning_rate},
                      {"weight_decay", options.weight_decay},
                      {"warm_up", options.warm_up},
                      {"gradient_clip", options.gradient_clip},
                      {"shuffled", options.shuffled},
                      {"seed", options.seed},
                      {"best_epoch", tuned.best_epoch},
                      {"epochs", epochs}});
}

/// Where the work of this plan goes on or begins: in `out`, or beside the run or the other
/// fine-tuning that it is to replace.
Path settle_place(RunPlace& run_place, const Path& out, const std::string& plan, bool overwrite) {
  const bool finished = std::filesystem::exists(out / kRunName);
  if (finished && !overwrite)
    throw FileError(out, "a folder without a run (--overwrite replaces it)", "a finished run");
  const Path begun = unfinished_training(out);
  const bool is_ours = finetune_checkpoint_plan(begun / kCheckpointName) == plan;
  // Without --overwrite another plan's checkpoint is refused where it is read.
  if (is_ours || (begun == out && !overwrite && std::filesystem::exists(out / kCheckpointName)))
    return run_place.go_on(begun);
  for (const char* name : {"features", "adapters"}) {
    if (std::filesystem::exists(out / name) && !is_run_entry(out / name))
      throw FileError(out / name, "nothing of that name, which the new run needs", "something that is not of a run");
  }
  return run_place.begin_training();
}

void run_finetune(FinetuneArguments arguments) {
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  const c10::Device device = device_named(arguments.device);
  train_on(device);
  const Path out = arguments.out;
  for (const Path& kept : {out, Path(arguments.run)})
    path_text(std::filesystem::absolute(kept));  // Refused now, not after the training.
  const Run run = open_run(arguments.run);
  check_statistics(run.image_heads.only("finetune"), "pictures", arguments.run);
  check_statistics(run.text_heads.only("finetune"), "captions", arguments.run);
  settle_options(arguments, run, device);
  const FeatureStore store = open_features(arguments, run);
  check_same_encoders(run, store.manifest(), store.folder());
  const std::vector<ImageSource> image_sources = open_image_sources(arguments.run, run, device);
  const std::vector<TextSource> text_sources = open_text_sources(arguments.run, run, device);
  TORCH_CHECK_VALUE(!std::filesystem::exists(out) || !std::filesystem::equivalent(out, arguments.run),
                    "finetune: --out must be another folder than the run, got ", arguments.out);
  RunPlace run_place(out);
  run_place.refuse_inside(store.folder());
  const std::string plan = plan_of(arguments, run, store.manifest());
  const Path place = settle_place(run_place, out, plan, arguments.overwrite);

  const Material material = read_material(store);
  const std::int64_t memory = arguments.memory_mib << 20;
  OpenSideOptions side_options{
      .tuning = arguments.tuning,
      .chunks = {.items = arguments.chunk, .memory_bytes = memory / 2, .checkpointing = arguments.checkpointing},
      .entry_memory_bytes = memory / 2,
      .scratch = place,
      .threads = arguments.threads};
  at::Generator chance = at::detail::createCPUGenerator(arguments.options.seed);
  std::optional<TunedSide> image, text;
  {
    ProgressBar bar("frozen layers", "pictures");
    side_options.progress = bar.callback();
    image = arguments.trains("image")
                ? open_tuned_pictures(image_sources, material.pictures, material.image, side_options, chance)
                : TunedSide(material.image, {}, side_options.chunks);
  }
  {
    ProgressBar bar("frozen layers", "captions");
    side_options.progress = bar.callback();
    text = arguments.trains("text")
               ? open_tuned_texts(text_sources, material.captions, material.text, side_options, chance)
               : TunedSide(material.text, {}, side_options.chunks);
  }
  describe(*image, "image");
  describe(*text, "text");
  if (!arguments.json) std::cout << "epoch      loss   scale  dev recall      time\n";
  const auto quality = [&](const at::Tensor& images, const at::Tensor& texts) {
    return mean_recall(retrieval_ranks(images, texts, material.dev.image_of_text));
  };
  std::optional<Finetuned> tuned;
  {
    ProgressBar bar("fine-tuning", "batches");
    say_if_stopped(arguments.out + " keeps a checkpoint; go on with: " + command_again());
    tuned = finetune(*image, *text,
                     {.image_head = run.image_heads.only("finetune"),
                      .text_head = run.text_heads.only("finetune"),
                      .logit_scale = run.logit_scale},
                     material.pairs, arguments.options,
                     {.quality = quality,
                      .on_epoch =
                          [&](const EpochReport& report) {
                            if (arguments.json) return;
                            bar.clear();
                            print_epoch(report);
                          },
                      .progress = bar.display(),
                      .stop = stop_asked,
                      .checkpoint = place / kCheckpointName,
                      .plan = plan});
  }

  const std::vector<EncoderRecord> image_carried =
      carry_side(arguments, place, "image", run.image_encoders, image_sources, *image);
  const std::vector<EncoderRecord> text_carried =
      carry_side(arguments, place, "text", run.text_encoders, text_sources, *text);
  const auto new_images = open_carried<ImageSource>(place, image_carried, device, open_image_source);
  const auto new_texts = open_carried<TextSource>(place, text_carried, device, open_text_source);
  const Path features = place / "features";
  if (!arguments.trains("image")) write_image_shards(store, features);
  if (!arguments.trains("text")) write_text_shards(store, features);
  {
    ProgressBar pictures("encoding pictures", "pictures");
    ProgressBar captions("encoding captions", "captions");
    encode(caption_set_of(store.manifest()), new_images, new_texts, features,
           {.threads = arguments.threads,
            .overwrite = true,
            .image_progress = pictures.display(),
            .text_progress = captions.display(),
            .stop = stop_asked});
  }
  // What the run is worth is measured as eval does it: on its features, which its encoders made in
  // their own precision, not the training's.
  const FeatureManifest manifest = settled_manifest(features, out, image_carried, text_carried);
  const FeatureStore made = FeatureStore::open(features);
  const double dev_recall = dev_recall_of(tuned->image_head, tuned->text_head, select_split(made, Split::kDev));
  const double before = dev_recall_of(run.image_heads.only("finetune"), run.text_heads.only("finetune"), material.dev);
  write_outcome(arguments, place, *tuned, plan);
  TrainOptions options = run.options;
  options.shuffled = options.shuffled || arguments.options.shuffled;
  write_run(place, {.image_heads = tuned->image_head,
                    .text_heads = tuned->text_head,
                    .logit_scale = tuned->logit_scale,
                    .best_epoch = tuned->best_epoch,
                    .dev_recall = dev_recall,
                    .options = options,
                    .unscaled = run.unscaled,
                    .data_name = manifest.data_name,
                    .features_folder = std::filesystem::absolute(out / "features").lexically_normal(),
                    .features_plan = manifest.plan,
                    .image_encoders = with_folders(manifest.image_encoders, image_carried),
                    .text_encoders = with_folders(manifest.text_encoders, text_carried)});
  run_place.finish();
  if (arguments.json) {
    std::cout << json_line(Json{{"run", arguments.out},
                                {"best_epoch", tuned->best_epoch},
                                {"dev_mean_recall", dev_recall},
                                {"dev_mean_recall_before", before},
                                {"epochs", tuned->epochs.size() - 1},
                                {"shuffled", arguments.options.shuffled},
                                {"seed", arguments.options.seed}})
              << "\n";
  } else {
    std::cout << arguments.out << ": "
              << (tuned->best_epoch == 0 ? "no epoch was better than the start"
                                         : "epoch " + std::to_string(tuned->best_epoch) + " chosen on dev")
              << ", mean recall " << decimal(dev_recall, 2) << " (before: " << decimal(before, 2) << ")\n";
  }
}

}  // namespace

void add_finetune_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("finetune", "Train a run's encoders further: their last layers, or low-rank changes (LoRA)");
  const auto arguments = std::make_shared<FinetuneArguments>();
  FinetuneOptions& options = arguments->options;
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--out", arguments->out, "Folder of the new run")->required();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_option("--tower", arguments->tower, "Whose encoders are trained: text, image or both")
      ->check(CLI::IsMember({"text", "image", "both"}))
      ->capture_default_str();
  command
      ->add_option("--unfreeze-last", arguments->unfreeze_last,
                   "Train all weights of this many layers, counted back from the deepest that a view uses")
      ->check(CLI::Range(1, 1000));
  command->add_option("--lora", arguments->tuning.rank, "Train low-rank changes of this rank instead")
      ->check(CLI::Range(1, 4096));
  command->add_option("--lora-alpha", arguments->tuning.alpha, "The change is multiplied by this / rank; 0: by 1")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--lora-layers", arguments->lora_layers, "Change this many of the last layers; 0: all")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command->add_option("--lora-targets", arguments->targets, "query-value, or all linear maps")
      ->check(CLI::IsMember({"query-value", "all"}))
      ->capture_default_str();
  command->add_option("--epochs", options.epochs, "Passes over all captions")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      ->add_option("--batch-size", options.batch_size,
                   "Pairs that are compared with each other; not limited by memory (--chunk)")
      ->check(CLI::Range(2, 10000000))
      ->capture_default_str();
  command
      ->add_option("--learning-rate", arguments->learning_rate,
                   "Learning rate of the encoders; 0: 1e-3 with --lora, else 1e-4")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--head-learning-rate", options.head_learning_rate,
                   "Learning rate of heads and logit scale; 0: they do not change")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--weight-decay", options.weight_decay, "AdamW's weight decay, on matrices only")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--warm-up", options.warm_up, "Share of the steps over which the learning rates rise")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command
      ->add_option("--memory-mib", arguments->memory_mib,
                   "Memory to use, by estimate: half for the outputs of frozen layers, half for activations")
      ->check(CLI::Range(16, 1 << 24))
      ->capture_default_str();
  command
      ->add_option("--chunk", arguments->chunk,
                   "Captions or pictures that go through the trained layers together; 0: what the memory allows")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command->add_flag("--checkpointing", arguments->checkpointing,
                    "Keep the activations of one layer at a time; every layer is then computed once more");
  command
      ->add_option("--dtype", arguments->dtype,
                   "Products of the trained layers: fp32, bf16, or auto: bf16 on a GPU and on CPUs with native bf16")
      ->check(CLI::IsMember({"auto", "fp32", "bf16"}))
      ->capture_default_str();
  command
      ->add_option("--device", arguments->device,
                   "Where encoders, heads and loss are computed: cpu, cuda (the first GPU) or cuda:NUMBER (doc/gpu.md)")
      ->capture_default_str();
  command->add_option("--seed", options.seed, "Same seed, same model")->capture_default_str();
  command->add_flag("--shuffled", options.shuffled, "Train the control: captions shuffled between pictures");
  command->add_option("--checkpoint-steps", options.checkpoint_steps, "Batches between checkpoints")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--overwrite", arguments->overwrite, "Replace a finished run or another fine-tuning's checkpoint");
  command->add_flag("--json", arguments->json, "Print a JSON object at the end instead of a table");
  command->footer(
      "Examples:\n"
      "  tandem finetune run --out tuned --lora 8\n"
      "  tandem finetune run --out tuned --unfreeze-last 2 --batch-size 4096 --memory-mib 1024\n"
      "  tandem finetune run --out tuned --tower both --lora 16 --lora-targets all --checkpointing\n"
      "  tandem finetune run --out tuned --lora 8 --device cuda --dtype auto    # doc/gpu.md\n"
      "\nThe epoch with the best mean recall on dev is kept; the start counts as an epoch. After an interruption, "
      "the same command\n"
      "continues where it stopped, also with --overwrite. An older run stays until the new one is complete. The "
      "new run has the\n"
      "encoders with the new weights (encoders/, as Hugging Face folders), their features (features/) and, with "
      "--lora, the changes\n"
      "alone (adapters/). eval, search, map and the other commands work on it.");
  command->callback([arguments, command] {
    refuse_idle_options(
        *command, {{{"--lora-alpha", "--lora-layers", "--lora-targets"}, "--lora RANK", arguments->tuning.rank > 0}});
    run_finetune(*arguments);
  });
}

}  // namespace tandem::apps

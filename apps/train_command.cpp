#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include <fstream>
#include <iostream>
#include <memory>

#include "apps/command.h"
#include "apps/number_text.h"
#include "apps/progress_bar.h"
#include "tandem/base/errors.h"
#include "tandem/figures/training_curves.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/folder_lock.h"
#include "tandem/training/run_folder.h"
#include "tandem/training/schedule.h"

namespace tandem::apps {
namespace {

struct TrainArguments {
  std::string features;
  std::string out;
  std::string head = "mlp";
  std::string loss = "info-nce";
  TrainOptions options;
  int threads = 0;
  bool overwrite = false;
  bool json = false;
};

/// metrics.jsonl: one line an epoch, there as soon as the epoch is over.
class MetricsFile {
 public:
  explicit MetricsFile(const std::filesystem::path& path) : path_(path), stream_(path, std::ios::trunc) {
    if (!stream_) throw FileError(path_, "a file that can be written", "one that cannot");
  }
  void add(const EpochReport& report) {
    stream_ << Json{{"epoch", report.epoch},         {"loss", report.loss},
                    {"logit_scale", report.logit_scale}, {"learning_rate", report.learning_rate},
                    {"dev_mean_recall", report.dev_recall}, {"seconds", report.seconds}}
                   .dump()
            << std::endl;
    if (!stream_) throw FileError(path_, "room for another line", "a full disk or a file that cannot be written");
  }

 private:
  std::filesystem::path path_;
  std::ofstream stream_;
};

void print_epoch(const EpochReport& report) {
  std::cout << right_aligned(std::to_string(report.epoch), 5) << right_aligned(decimal(report.loss, 4), 10)
            << right_aligned(decimal(report.logit_scale, 1), 8) << right_aligned(decimal(report.dev_recall, 2), 12)
            << right_aligned(decimal(report.seconds, 1) + " s", 10) << std::endl;
}

void refuse_finished_run(const TrainArguments& arguments) {
  if (arguments.overwrite || !std::filesystem::exists(std::filesystem::path(arguments.out) / kRunName)) return;
  throw FileError(arguments.out, "a folder without a run (--overwrite replaces it)", "a finished run");
}

void draw_curves(const std::filesystem::path& out, const TrainedHeads& trained) {
  std::vector<EpochPoint> points;
  for (const EpochReport& epoch : trained.epochs) {
    points.push_back({.epoch = epoch.epoch, .loss = epoch.loss, .logit_scale = epoch.logit_scale, .dev_recall = epoch.dev_recall});
  }
  draw_training_curves(out, points, trained.best_epoch);
}

void run_train(TrainArguments arguments) {
  if (arguments.threads > 0) at::set_num_threads(arguments.threads);
  // Matrix products by oneDNN, a third faster here than by the BLAS inside LibTorch. Processors with AMX round the factors
  // to bf16 for it; sums are fp32 everywhere.
  at::globalContext().setFloat32MatmulPrecision("medium");
  TrainOptions& options = arguments.options;
  options.image_head.kind = arguments.head == "linear" ? HeadKind::kLinear : HeadKind::kMlp;
  options.text_head = options.image_head;
  options.loss.kind = *loss_named(arguments.loss);

  const FeatureStore store = FeatureStore::open(arguments.features);
  const PairedFeatures train = select_split(store, Split::kTrain);
  const PairedFeatures dev = select_split(store, Split::kDev);
  if (options.epochs == 0) options.epochs = default_epochs(train.text.size(0), options.batch_size);
  const std::filesystem::path out = arguments.out;
  make_folder(out);
  const FolderLock lock(out);
  refuse_finished_run(arguments);
  const FeatureManifest& manifest = store.manifest();
  const auto image_encoders = carry_encoders(out, "image", manifest.image_encoders);
  const auto text_encoders = carry_encoders(out, "text", manifest.text_encoders);
  std::filesystem::remove(out / kRunName);  // From here on the folder is no run until the new one is whole.

  std::cerr << "training on " << with_thousands(train.image.size(0)) << " pictures with " << with_thousands(train.text.size(0))
            << " captions, choosing the epoch on " << with_thousands(dev.image.size(0)) << " dev pictures"
            << " by " << loss_name(options.loss.kind) << (options.shuffled ? "; CONTROL: captions shuffled between pictures" : "") << "\n";
  MetricsFile metrics(out / kMetricsName);
  if (!arguments.json) std::cout << "epoch      loss   scale  dev recall      time\n";
  const auto quality = [&dev](const ProjectionHead& image, const ProjectionHead& text) {
    return mean_recall(retrieval_ranks(embed_all(image, dev.image), embed_all(text, dev.text), dev.image_of_text));
  };
  ProgressBar bar("training", "batches");
  const TrainedHeads trained = train_heads(train, options, quality,
      [&](const EpochReport& report) {
        metrics.add(report);
        if (!arguments.json) {
          bar.clear();
          print_epoch(report);
        }
      },
      bar.callback());
  draw_curves(out / "curves.svg", trained);
  const double dev_recall = trained.epochs[trained.best_epoch - 1].dev_recall;
  write_run(out, {.image_head = trained.image,
                  .text_head = trained.text,
                  .logit_scale = trained.logit_scale,
                  .best_epoch = trained.best_epoch,
                  .dev_recall = dev_recall,
                  .options = options,
                  .data_name = manifest.data_name,
                  .features_folder = std::filesystem::absolute(arguments.features).lexically_normal(),
                  .features_plan = manifest.plan,
                  .image_encoders = image_encoders,
                  .text_encoders = text_encoders});

  double seconds = 0;
  for (const EpochReport& epoch : trained.epochs) seconds += epoch.seconds;
  if (arguments.json) {
    std::cout << Json{{"run", arguments.out}, {"best_epoch", trained.best_epoch}, {"dev_mean_recall", dev_recall},
                      {"epochs", trained.epochs.size()}, {"seconds", seconds}, {"shuffled", options.shuffled}, {"seed", options.seed}}
                     .dump()
              << "\n";
  } else {
    std::cout << arguments.out << ": epoch " << trained.best_epoch << " chosen on dev, mean recall " << decimal(dev_recall, 2) << "\n";
  }
}

void add_loss_options(CLI::App& command, TrainArguments& arguments) {
  TrainOptions& options = arguments.options;
  std::string names;
  for (const std::string& name : loss_names()) names += (names.empty() ? "" : ", ") + name;
  command.add_option("--loss", arguments.loss, names)->check(CLI::IsMember(loss_names()))->capture_default_str();
  command.add_option("--label-smoothing", options.loss.label_smoothing, "info-nce: share of the target spread over all candidates")
      ->check(CLI::Range(0.0, 0.99))
      ->capture_default_str();
  command.add_option("--margin", options.loss.margin, "hinge-max, hinge-sum: how much nearer the own partner must be")->check(CLI::PositiveNumber)->capture_default_str();
  command.add_option("--soft-weight", options.loss.soft_weight, "soft-target: share of the target from the frozen encoders' own similarities")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command.add_option("--soft-scale", options.loss.soft_scale, "soft-target: factor on those similarities")->check(CLI::PositiveNumber)->capture_default_str();
  command.add_option("--scale", options.initial_scale, "Logit scale (inverse temperature) to begin with")->check(CLI::Range(1.0, 10000.0))->capture_default_str();
  command.add_option("--largest-scale", options.largest_scale, "What the learned logit scale is clamped to")->check(CLI::Range(1.0, 10000.0))->capture_default_str();
  command.add_flag("!--fixed-scale", options.learn_scale, "Do not learn the logit scale");
  command.add_option("--bias", options.initial_bias, "siglip: the learned bias to begin with")->capture_default_str();
}

}  // namespace

void add_train_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("train", "Learn the shared space from encoded features");
  const auto arguments = std::make_shared<TrainArguments>();
  TrainOptions& options = arguments->options;
  options.epochs = 0;
  command->add_option("features", arguments->features, "Feature store made by 'tandem encode'")->required();
  command->add_option("--out", arguments->out, "Folder of the run")->required();
  command->add_option("--seed", options.seed, "Same seed, same model")->capture_default_str();
  command->add_option("--epochs", options.epochs, "Passes over all captions; 0: 12, more on small sets")->check(CLI::Range(0, 1000000))->capture_default_str();
  command->add_option("--batch-size", options.batch_size, "Pairs a step")->check(CLI::Range(2, 1000000))->capture_default_str();
  command->add_option("--learning-rate", options.learning_rate, "AdamW's largest learning rate")->check(CLI::PositiveNumber)->capture_default_str();
  command->add_option("--weight-decay", options.weight_decay, "AdamW's weight decay, on matrices only")->check(CLI::NonNegativeNumber)->capture_default_str();
  command->add_option("--warm-up", options.warm_up, "Share of the steps over which the learning rate rises")->check(CLI::Range(0.0, 0.99))->capture_default_str();
  add_loss_options(*command, *arguments);
  command->add_option("--head", arguments->head, "linear or mlp")->check(CLI::IsMember({"linear", "mlp"}))->capture_default_str();
  command->add_option("--width", options.image_head.embedding_width, "Width of the shared space")->check(CLI::Range(1, 65536))->capture_default_str();
  command->add_option("--hidden", options.image_head.hidden_width, "Width between the layers of the MLP")->check(CLI::Range(1, 65536))->capture_default_str();
  command->add_option("--blocks", options.image_head.blocks, "Residual blocks of the MLP")->check(CLI::Range(0, 64))->capture_default_str();
  command->add_option("--dropout", options.image_head.dropout, "Share of hidden values dropped while training")->check(CLI::Range(0.0, 0.99))->capture_default_str();
  command->add_option("--noise", options.image_head.feature_noise, "Noise added to standardised features while training")->check(CLI::NonNegativeNumber)->capture_default_str();
  command->add_flag("--shuffled", options.shuffled, "Train the control: captions shuffled between pictures; it must stay at chance");
  command->add_option("--threads", arguments->threads, "Threads, 0: one a core")->check(CLI::Range(0, 1024))->capture_default_str();
  command->add_flag("--overwrite", arguments->overwrite, "Replace a finished run");
  command->add_flag("--json", arguments->json, "Print a JSON object at the end instead of a table");
  command->footer(
      "Examples:\n"
      "  tandem train features --out run --seed 1\n"
      "  tandem train features --out small --head linear --width 256\n"
      "  tandem train features --out sigmoid --loss siglip --scale 10\n"
      "  tandem train features --out control --shuffled\n"
      "\nThe epoch with the best mean recall on dev is kept. RUN holds heads.safetensors, run.json, metrics.jsonl, curves.svg\n"
      "and the encoders.");
  command->callback([arguments] { run_train(*arguments); });
}

}  // namespace tandem::apps

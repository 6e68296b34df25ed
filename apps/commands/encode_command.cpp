#include <chrono>
#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/data_arguments.h"
#include "apps/arguments/default_encoders.h"
#include "apps/arguments/processes.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/curation/content_sides.h"
#include "tandem/features/encode.h"
#include "tandem/features/feature_manifest.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct EncodeArguments {
  DataArguments data;
  std::vector<std::string> image_encoders;
  std::vector<std::string> text_encoders;
  std::vector<std::string> image_poolings = {"mean"};
  std::vector<std::string> text_poolings = {"mean,mean@-2,mean@-3,max,max@-2"};  // Chosen on Flickr8k's dev split.
  std::string out;
  ComputeArguments compute;
  int threads = 0;
  int peer_timeout = 86400;  // The others wait for the slowest share.
  bool overwrite = false;
  bool json = false;
};

void print_data(const CaptionSet& data) {
  std::int64_t in_split[4] = {};
  for (const CaptionedImage& image : data.images) ++in_split[static_cast<int>(image.split)];
  std::cerr << printable(data.name) << ": " << with_thousands(static_cast<std::int64_t>(data.images.size()))
            << " pictures, " << with_thousands(data.caption_count()) << " captions";
  std::cerr << " (train " << with_thousands(in_split[0]) << ", dev " << with_thousands(in_split[1]);
  std::cerr << ", test " << with_thousands(in_split[2]) << ", in no split " << with_thousands(in_split[3]) << ")\n";
  for (const std::string& remark : data.remarks) std::cerr << "  note: " << printable_sentence(remark) << "\n";
  for (const Defect& defect : data.defects) std::cerr << "  note: " << printable_sentence(defect.sentence()) << "\n";
}

/// Counts the pictures that cannot be read at the end of the bar's line, and names the first.
PictureFailed told_on(ProgressBar& bar) {
  return [&bar, count = std::int64_t{0}](const UnreadableImage& image) mutable {
    bar.remark(with_thousands(++count) + " unreadable");
    if (count > 1) return;
    bar.clear();
    std::cerr << "  cannot read: " << printable_sentence(image.reason) << "\n";
  };
}

void print_skipped(const FeatureManifest& manifest) {
  constexpr std::size_t kShown = 5;
  if (manifest.skipped.empty()) return;
  std::cerr << "  left out: " << with_thousands(static_cast<std::int64_t>(manifest.skipped.size()))
            << " pictures that could not be read\n";
  for (std::size_t i = 0; i < std::min(kShown, manifest.skipped.size()); ++i)
    std::cerr << "    " << printable_sentence(manifest.skipped[i].reason) << "\n";
  if (manifest.skipped.size() > kShown) std::cerr << "    ... manifest.json lists them all\n";
}

std::vector<std::filesystem::path> or_default(const std::vector<std::string>& named, const char* name) {
  if (named.empty()) return {default_encoder(name)};
  std::vector<std::filesystem::path> folders;
  for (const std::string& encoder : named) folders.push_back(named_encoder(encoder));
  return folders;
}

/// The views of each of `encoders` encoders: one pooling is for all of them, several are for one
/// each, in order.
std::vector<std::vector<View>> views_of_each(const std::vector<std::string>& poolings, std::size_t encoders,
                                             const std::string& option) {
  if (poolings.size() != 1 && poolings.size() != encoders) {
    throw FileError(option,
                    "one pooling for all encoders of its side or one for each of the " + std::to_string(encoders),
                    std::to_string(poolings.size()));
  }
  std::vector<std::vector<View>> views;
  for (std::size_t i = 0; i < encoders; ++i) views.push_back(parse_views(poolings[poolings.size() == 1 ? 0 : i]));
  return views;
}

void run_encode(const EncodeArguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const std::unique_ptr<ProcessGroup> group = join_processes(arguments.peer_timeout);
  const bool speaking = speaks(group.get());
  const Compute compute = arguments.compute.compute();
  const auto image_folders = or_default(arguments.image_encoders, kDefaultImageEncoder);
  const auto image_views = views_of_each(arguments.image_poolings, image_folders.size(), "--image-pooling");
  std::vector<ImageSource> image_sources;
  for (std::size_t i = 0; i < image_folders.size(); ++i)
    image_sources.push_back(open_image_source(image_folders[i], image_views[i], compute));
  const auto text_folders = or_default(arguments.text_encoders, kDefaultTextEncoder);
  const auto text_views = views_of_each(arguments.text_poolings, text_folders.size(), "--text-pooling");
  std::vector<TextSource> text_sources;
  for (std::size_t i = 0; i < text_folders.size(); ++i)
    text_sources.push_back(open_text_source(text_folders[i], text_views[i], compute));
  CaptionSet data = read_data(arguments.data);
  if (data.splits_made) {
    const auto finished = finished_store(data, image_sources, text_sources, arguments.out);
    const bool is_settled =
        finished && take_sides(data, {finished->image_ids, finished->image_splits, finished->remarks});
    if (!is_settled) settle_sides(data, arguments.threads, ProgressStages().stages());
  }
  if (speaking) print_data(data);

  EncodeReport report;
  say_if_stopped(arguments.out + " keeps what is encoded; go on with: " + command_again());
  {
    ProgressBar pictures("encoding pictures", "pictures");
    ProgressBar captions("encoding captions", "captions");
    const auto bar_of = [&](ProgressBar& bar) { return speaking ? bar.display() : Progress(); };
    report = encode(data, image_sources, text_sources, arguments.out,
                    {.threads = arguments.threads,
                     .strict = arguments.data.options.strict,
                     .overwrite = arguments.overwrite,
                     .image_progress = bar_of(pictures),
                     .text_progress = bar_of(captions),
                     .image_failed = speaking ? told_on(pictures) : PictureFailed(),
                     .stop = stop_asked,
                     .share = encode_share(group.get())});
  }
  if (!speaking) return;
  const FeatureManifest manifest = read_manifest(arguments.out);
  print_skipped(manifest);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (arguments.json) {
    std::cout << json_line(Json{{"features", arguments.out},
                                {"images", manifest.image_ids.size()},
                                {"captions", manifest.captions.size()},
                                {"image_width", manifest.image_width()},
                                {"text_width", manifest.text_width()},
                                {"skipped", manifest.skipped.size()},
                                {"shards_made", report.shards_made},
                                {"shards_found", report.shards_found},
                                {"seconds", seconds}})
              << "\n";
    return;
  }
  std::cout << arguments.out << ": " << with_thousands(static_cast<std::int64_t>(manifest.image_ids.size())) << " x "
            << manifest.image_width() << " picture features, "
            << with_thousands(static_cast<std::int64_t>(manifest.captions.size())) << " x " << manifest.text_width()
            << " caption features; ";
  if (report.shards_made == 0) {
    std::cout << "all were there already\n";
  } else {
    std::cout << report.shards_made << " shards made";
    if (report.shards_found > 0) std::cout << ", " << report.shards_found << " found";
    std::cout << ", " << clock_text(seconds) << "\n";
  }
}

}  // namespace

void add_encode_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("encode", "Encode pictures and captions once into a feature store");
  const auto arguments = std::make_shared<EncodeArguments>();
  add_data_arguments(*command, "--data", arguments->data);
  command->add_option(
      "--image-encoder", arguments->image_encoders,
      "Folder of an image encoder or hf:ORG/NAME; several are concatenated [models/efficientnet-lite0]");
  command->add_option("--text-encoder", arguments->text_encoders,
                      "Folder of a text encoder or hf:ORG/NAME; several are concatenated [models/all-MiniLM-L6-v2]");
  command
      ->add_option("--image-pooling", arguments->image_poolings,
                   "cls, mean or max; @LAYER takes another layer than the last (mean@-2); several joined by commas "
                   "are concatenated; +mirror averages with the mirror image (mean+mirror); tokens:49 keeps a grid "
                   "of 7 x 7 patches, which training learns to pool; give it once for all encoders, or once per "
                   "encoder in order")
      ->capture_default_str();
  command
      ->add_option("--text-pooling", arguments->text_poolings,
                   "The same for captions, also last (the end token, as in CLIP); tokens:24 keeps the first 24 "
                   "tokens, which training learns to pool: mean,max@-2,tokens:24")
      ->capture_default_str();
  command->add_option("--out", arguments->out, "Folder of the feature store")->required();
  add_compute_arguments(*command, arguments->compute);
  command->add_option("--threads", arguments->threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  add_peer_timeout(*command, arguments->peer_timeout);
  command->add_flag("--strict", arguments->data.options.strict,
                    "Refuse damaged data and pictures that cannot be read instead of leaving them out");
  command->add_flag("--overwrite", arguments->overwrite, "Replace features of other data or encoders");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem encode --data flickr8k:flickr8k --out features\n"
      "  tandem encode --data csv:pictures/captions.csv --out features --strict\n"
      "  tandem encode --data openclipart: --image-encoder models/efficientnet-lite0 --image-encoder "
      "models/efficientnet-lite2 --out both\n"
      "  tandem encode --data flickr8k:flickr8k --out both --image-encoder models/efficientnet-lite0 models/deit "
      "--image-pooling mean cls,mean\n"
      "  tandem encode --data flickr8k:flickr8k --out features --device cuda\n"
      "  torchrun --nproc-per-node 2 --no-python tandem encode --data flickr8k:flickr8k --out features --threads "
      "1    # doc/scaling.md\n"
      "\nAfter an interruption, the same command continues where it stopped. If everything is encoded, it does "
      "nothing. With\n"
      "--overwrite older features stay until the new ones are complete.");
  command->callback([arguments] { run_encode(*arguments); });
}

}  // namespace tandem::apps

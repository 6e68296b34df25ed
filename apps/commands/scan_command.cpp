#include <iostream>
#include <memory>

#include "apps/arguments/compute_arguments.h"
#include "apps/arguments/data_arguments.h"
#include "apps/arguments/default_encoders.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/split_argument.h"
#include "apps/arguments/thread_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/curation/content_sides.h"
#include "tandem/evaluation/encoder_scan.h"
#include "tandem/reports/scan_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct ScanArguments {
  DataArguments data;
  std::vector<std::string> image_encoders;
  std::vector<std::string> text_encoders;
  ScanOptions options;
  std::string by = "cka";
  std::int64_t top = 20;
  ComputeArguments compute;
  bool json = false;
};

std::vector<ScannedEncoder> found_encoders(const std::vector<std::string>& names) {
  std::vector<ScannedEncoder> encoders;
  for (const std::string& name : names) encoders.push_back({.name = name, .folder = named_encoder(name)});
  return encoders;
}

EncoderScan scanned(const ScanArguments& arguments, ScanOptions options) {
  CaptionSet data = read_data(arguments.data);
  ProgressStages bars;
  if (options.split != "all") settle_sides(data, options.threads, bars.stages());
  CaptionSample sample = draw_sample(data, options);
  options.compute = arguments.compute.compute();
  return scan_encoders(std::move(sample), found_encoders(arguments.image_encoders),
                       found_encoders(arguments.text_encoders), options, bars.stages());
}

void run_scan(const ScanArguments& arguments) {
  ScanOptions options = arguments.options;
  options.order = arguments.by == "knn" ? ScanOrder::kMutualKnn : ScanOrder::kCka;
  const EncoderScan scan = scanned(arguments, options);
  if (arguments.json)
    std::cout << json_text(scan_json(scan, options)) << "\n";
  else
    print_scan(scan, options, arguments.top, std::cout);
}

}  // namespace

void add_scan_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("scan", "Rank pairs of encoders and their layers before any training");
  const auto arguments = std::make_shared<ScanArguments>();
  add_data_arguments(*command, "--data", arguments->data);
  command->add_option("--image-encoder", arguments->image_encoders, "Folders of image encoders, or hf:ORG/NAME")
      ->required();
  command->add_option("--text-encoder", arguments->text_encoders, "Folders of text encoders, or hf:ORG/NAME")
      ->required();
  add_split_option(*command, arguments->options.split, "Where the sample is drawn: ");
  command->add_option("--sample", arguments->options.sample, "Number of pictures, each with its first caption")
      ->check(CLI::Range(5, 20000))
      ->capture_default_str();
  command->add_option("--neighbours", arguments->options.neighbours, "k of mutual kNN")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--by", arguments->by, "Order of the table: cka or knn")
      ->check(CLI::IsMember({"cka", "knn"}))
      ->capture_default_str();
  command->add_option("--top", arguments->top, "Rows of the table")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.seed, "Seed of the sample")->capture_default_str();
  add_compute_arguments(*command, arguments->compute);
  command->add_option("--threads", arguments->options.threads, "Threads; 0: one per core")
      ->check(threads_range())
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print every pair as JSON");
  command->footer(
      "Examples:\n"
      "  tandem scan --data flickr8k:flickr8k --image-encoder models/efficientnet-lite0 models/efficientnet-lite2 \\\n"
      "              --text-encoder models/all-MiniLM-L6-v2\n"
      "  tandem scan --data csv:pictures.csv --image-encoder A B C --text-encoder X Y --by knn --json");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--top"}, "the table", !arguments->json, "--json, which has every pair"}});
    run_scan(*arguments);
  });
}

}  // namespace tandem::apps

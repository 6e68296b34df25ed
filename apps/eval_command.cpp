#include <iostream>
#include <map>
#include <memory>

#include "apps/command.h"
#include "apps/embedded_split.h"
#include "apps/eval_correction.h"
#include "apps/number_text.h"
#include "tandem/retrieval/protocol.h"

namespace tandem::apps {
namespace {

struct EvalArguments {
  std::string run;
  std::string split = "test";
  std::string features;
  std::string protocol = "all";
  CorrectionArguments correction;
  bool json = false;
};

Json to_json(const RetrievalSummary& summary) {
  return {{"r1", summary.r1}, {"r5", summary.r5}, {"r10", summary.r10}, {"median_rank", summary.median_rank}, {"mean_rank", summary.mean_rank}};
}

const std::map<Protocol, const char*> kGalleries = {{Protocol::kAll, "all pictures and captions of the split in one gallery"},
                                                    {Protocol::kCoco5k, "Karpathy's 5,000 test pictures with five captions each in one gallery"},
                                                    {Protocol::kCoco1k, "Karpathy's 5,000 test pictures with five captions each in five galleries of 1,000"}};

void print_row(const std::string& name, const RetrievalSummary& summary) {
  std::cout << left_aligned(name, 18);
  for (const double recall : {summary.r1, summary.r5, summary.r10}) std::cout << right_aligned(decimal(recall, 1), 8);
  std::cout << right_aligned(decimal(summary.median_rank, 1), 13) << right_aligned(decimal(summary.mean_rank, 1), 11) << "\n";
}

void run_eval(const EvalArguments& arguments) {
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const Protocol protocol = *protocol_named(arguments.protocol);
  const RetrievalResult result = measure_retrieval(embedded.image, embedded.text, embedded.pairs.image_of_text, protocol);
  const std::optional<CorrectedRetrieval> corrected = measure_corrected(arguments.run, arguments.correction, embedded.image, embedded.text, embedded.pairs.image_of_text, protocol);
  const TrainOptions& options = embedded.run.options;
  if (arguments.json) {
    std::cout << Json{{"corrected", corrected ? corrected_json(*corrected) : Json()},
                      {"run", arguments.run},
                      {"data", embedded.store.manifest().data_name},
                      {"split", arguments.split},
                      {"protocol", arguments.protocol},
                      {"galleries", result.galleries},
                      {"images", result.images},
                      {"captions", result.captions},
                      {"seed", options.seed},
                      {"shuffled", options.shuffled},
                      {"image_to_text", to_json(result.image_to_text)},
                      {"text_to_image", to_json(result.text_to_image)},
                      {"chance", {{"image_to_text", to_json(result.chance.image_to_text)}, {"text_to_image", to_json(result.chance.text_to_image)}}}}
                     .dump(2)
              << "\n";
    return;
  }
  std::cout << embedded.store.manifest().data_name << ", split " << arguments.split << ": "
            << with_thousands(result.images) << " pictures, " << with_thousands(result.captions) << " captions; seed "
            << options.seed << (result.galleries > 1 ? "; mean of " + std::to_string(result.galleries) + " galleries" : "") << (options.shuffled ? "; CONTROL trained on shuffled captions" : "") << "\n"
            << "                  recall@1      @5     @10  median rank  mean rank\n";
  print_row("image to text", result.image_to_text);
  print_row("text to image", result.text_to_image);
  print_row("chance, i to t", result.chance.image_to_text);
  print_row("chance, t to i", result.chance.text_to_image);
  std::cout << "Protocol " << arguments.protocol << ": " << kGalleries.at(protocol) << ";\n"
               "every caption is a query and a candidate; a picture's rank is that of its best-placed caption; ties count against us;\n"
               "the epoch was chosen on dev (mean recall there "
            << decimal(embedded.run.dev_recall, 2) << ").\n";
  if (corrected) print_corrected(*corrected, std::cout);
}

}  // namespace

void add_eval_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("eval", "Measure retrieval both ways");
  const auto arguments = std::make_shared<EvalArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_option("--protocol", arguments->protocol, "What is searched in what: all, or coco-5k or coco-1k (five folds), for Karpathy's test split of COCO")
      ->check(CLI::IsMember({"all", "coco-5k", "coco-1k"}))
      ->capture_default_str();
  add_correction_options(*command, arguments->correction);
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem eval run\n"
      "  tandem eval run --split dev --json\n"
      "  tandem eval run --correction csls --transductive\n"
      "  tandem eval run --features coco-features --protocol coco-1k");
  command->callback([arguments] { run_eval(*arguments); });
}

}  // namespace tandem::apps

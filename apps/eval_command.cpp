#include <iostream>
#include <memory>

#include "apps/command.h"
#include "apps/embedded_split.h"
#include "apps/number_text.h"
#include "tandem/retrieval/recall.h"

namespace tandem::apps {
namespace {

struct EvalArguments {
  std::string run;
  std::string split = "test";
  std::string features;
  bool json = false;
};

std::vector<std::int64_t> captions_per_image(const PairedFeatures& pairs) {
  std::vector<std::int64_t> captions(pairs.image.size(0), 0);
  const auto partner = pairs.image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = 0; j < pairs.image_of_text.size(0); ++j) ++captions[partner[j]];
  return captions;
}

Json to_json(const RetrievalSummary& summary) {
  return {{"r1", summary.r1}, {"r5", summary.r5}, {"r10", summary.r10}, {"median_rank", summary.median_rank}, {"mean_rank", summary.mean_rank}};
}

void print_row(const std::string& name, const RetrievalSummary& summary) {
  std::cout << left_aligned(name, 18);
  for (const double recall : {summary.r1, summary.r5, summary.r10}) std::cout << right_aligned(decimal(recall, 1), 8);
  std::cout << right_aligned(decimal(summary.median_rank, 1), 13) << right_aligned(decimal(summary.mean_rank, 1), 11) << "\n";
}

void run_eval(const EvalArguments& arguments) {
  const EmbeddedSplit embedded = embed_split(arguments.run, arguments.features, arguments.split);
  const RetrievalRanks ranks = retrieval_ranks(embedded.image, embedded.text, embedded.pairs.image_of_text);
  const RetrievalSummary image_to_text = summarise_ranks(ranks.image_to_text);
  const RetrievalSummary text_to_image = summarise_ranks(ranks.text_to_image);
  const ChanceLevel chance = chance_level(captions_per_image(embedded.pairs));
  const TrainOptions& options = embedded.run.options;
  if (arguments.json) {
    std::cout << Json{{"run", arguments.run},
                      {"data", embedded.store.manifest().data_name},
                      {"split", arguments.split},
                      {"images", embedded.image.size(0)},
                      {"captions", embedded.text.size(0)},
                      {"seed", options.seed},
                      {"shuffled", options.shuffled},
                      {"image_to_text", to_json(image_to_text)},
                      {"text_to_image", to_json(text_to_image)},
                      {"chance", {{"image_to_text", to_json(chance.image_to_text)}, {"text_to_image", to_json(chance.text_to_image)}}}}
                     .dump(2)
              << "\n";
    return;
  }
  std::cout << embedded.store.manifest().data_name << ", split " << arguments.split << ": "
            << with_thousands(embedded.image.size(0)) << " pictures, " << with_thousands(embedded.text.size(0)) << " captions; seed "
            << options.seed << (options.shuffled ? "; CONTROL trained on shuffled captions" : "") << "\n"
            << "                  recall@1      @5     @10  median rank  mean rank\n";
  print_row("image to text", image_to_text);
  print_row("text to image", text_to_image);
  print_row("chance, i to t", chance.image_to_text);
  print_row("chance, t to i", chance.text_to_image);
  std::cout << "Protocol: every caption is a query and a candidate; a picture's rank is that of its best-placed caption; ties count\n"
               "against us; the epoch was chosen on dev (mean recall there "
            << decimal(embedded.run.dev_recall, 2) << ").\n";
}

}  // namespace

void add_eval_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("eval", "Measure retrieval both ways");
  const auto arguments = std::make_shared<EvalArguments>();
  command->add_option("run", arguments->run, "Run made by 'tandem train'")->required();
  command->add_option("--split", arguments->split, kSplitHelp)->capture_default_str();
  command->add_option("--features", arguments->features, "Features by the same encoders, if not those of training");
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem eval run\n"
      "  tandem eval run --split dev --json\n"
      "  tandem eval run --features coco-features");
  command->callback([arguments] { run_eval(*arguments); });
}

}  // namespace tandem::apps

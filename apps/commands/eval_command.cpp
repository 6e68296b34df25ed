#include <c10/util/Exception.h>

#include <iostream>
#include <memory>

#include "apps/arguments/correction_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/arguments/split_argument.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/printable.h"
#include "tandem/evaluation/rank_file.h"
#include "tandem/evaluation/rankings.h"
#include "tandem/evaluation/retrieval_evaluation.h"
#include "tandem/reports/eval_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct EvalArguments {
  RunOptions run;
  EmbeddingFiles embeddings;
  EvaluationOptions options;
  CorrectionOptions correction;
  std::string ranks;
  std::string rankings;  ///< folder; empty: none are written
  std::string rankings_format = "trec";
  RankingsOptions rankings_options;
  bool json = false;
};

void check_arguments(const EvalArguments& arguments) {
  const EmbeddingFiles& files = arguments.embeddings;
  TORCH_CHECK_VALUE(arguments.run.folder.empty() != files.image.empty() && files.image.empty() == files.text.empty(),
                    "eval: a RUN, or --image-embeddings with --text-embeddings, were needed, got ",
                    arguments.run.folder.empty() ? "neither or one of the two" : "both");
  const bool file_options = !files.ids.empty() || !files.captions.empty() || !files.image_of_text.empty() ||
                            !files.more_images.empty() || !files.more_texts.empty();
  TORCH_CHECK_VALUE(arguments.run.folder.empty() || !file_options,
                    "eval: --ids, --captions, --image-of-text and --more-... are about --image-embeddings, got a RUN");
  TORCH_CHECK_VALUE(!arguments.run.folder.empty() || (arguments.run.gallery_splits.empty() &&
                                                      !arguments.options.strict && arguments.run.features.empty()),
                    "eval: --gallery-split, --strict and --features are about a RUN, got embeddings");
  TORCH_CHECK_VALUE(arguments.options.slice_words.empty() || arguments.options.slices,
                    "eval: --slice-words is about --slices, which was not given");
  TORCH_CHECK_VALUE(
      arguments.rankings.empty() || arguments.rankings_format != "eccv_caption" ||
          !arguments.rankings_options.coco_captions.empty(),
      "eval: --rankings-format eccv_caption needs COCO's ids, from --coco-captions captions_val2014.json");
}

RetrievalEvaluation evaluated(const RetrievalInput& input, const EvaluationOptions& options) {
  ProgressStages bars;
  return evaluate_retrieval(input, options, bars.stages(), bars.notice());
}

/// What the run's correction for hubs makes of it: of a RUN in its own gallery alone, for only
/// those candidates have biases.
std::optional<CorrectedRetrieval> correct(const RetrievalInput& input, const RetrievalEvaluation& evaluation,
                                          const EvalArguments& arguments) {
  const CorrectionOptions& correction = arguments.correction;
  if (!input.embedded || !arguments.run.gallery_splits.empty()) {
    TORCH_CHECK_VALUE(correction.wanted == "run" && !correction.transductive,
                      "eval: --correction and --transductive are about a RUN without --gallery-split, got ",
                      input.embedded ? "a larger gallery" : "embeddings");
    return std::nullopt;
  }
  return measure_corrected(input, evaluation, correction);
}

/// The rankings behind the numbers that are shown first. Returns what was written.
Json write_headline_rankings(const RetrievalInput& input, const RetrievalEvaluation& evaluation,
                             const std::optional<CorrectedRetrieval>& corrected, const EvalArguments& arguments) {
  const bool by_correction = corrected && corrected->is_what_search_does();
  const std::string how = by_correction ? std::string(correction_name(corrected->method)) : "uncorrected";
  const std::filesystem::path run = std::filesystem::path(arguments.run.folder).lexically_normal();
  const std::string what = run.has_filename() ? run.filename().string() : run.parent_path().filename().string();
  RankingsOptions options = arguments.rankings_options;
  options.format = *rankings_format_named(arguments.rankings_format);
  options.tag = "tandem-" + (what.empty() ? "embeddings" : what) + "-" + how;
  ProgressStages bars;
  write_rankings(arguments.rankings, input, evaluation, by_correction ? corrected->embeddings.image : input.image,
                 by_correction ? corrected->embeddings.text : input.text, options, bars.stages());
  return {{"folder", arguments.rankings},
          {"format", arguments.rankings_format},
          {"depth", options.depth},
          {"correction", by_correction ? Json(how) : Json()},
          {"right_answers", evaluation.rule.name()},
          {"tag", options.tag}};
}

void print_rankings(const Json& rankings, std::ostream& out) {
  out << "Rankings: the first " << rankings["depth"] << " candidates of every query in "
      << printable(rankings["folder"].get<std::string>()) << " (" << rankings["format"].get<std::string>() << "), "
      << (rankings["correction"].is_null() ? "not corrected"
                                           : "corrected by " + rankings["correction"].get<std::string>())
      << ".\n";
}

void run_eval(const EvalArguments& arguments) {
  check_arguments(arguments);
  const RetrievalInput input =
      arguments.run.folder.empty() ? read_embeddings(arguments.embeddings) : read_run_input(arguments.run);
  const RetrievalEvaluation evaluation = evaluated(input, arguments.options);
  if (!arguments.ranks.empty()) write_rank_list(arguments.ranks, evaluation.ranks);
  const std::optional<CorrectedRetrieval> corrected = correct(input, evaluation, arguments);
  Json rankings;
  if (!arguments.rankings.empty()) rankings = write_headline_rankings(input, evaluation, corrected, arguments);
  if (arguments.json) {
    Json json = eval_json(input, evaluation, corrected);
    if (!rankings.is_null()) json["rankings"] = rankings;
    std::cout << json_text(json) << "\n";
    return;
  }
  print_eval(input, evaluation, std::cout, corrected);
  if (!rankings.is_null()) print_rankings(rankings, std::cout);
}

void add_rankings_options(CLI::App& command, EvalArguments& arguments) {
  command.add_option("--rankings", arguments.rankings,
                     "Write the first candidates of every query and the right answers into this folder, for other "
                     "programs");
  command
      .add_option("--rankings-format", arguments.rankings_format,
                  "trec: run and qrels; mteb: predictions as JSON; eccv_caption: i2t and t2i with COCO's ids")
      ->check(CLI::IsMember({"trec", "mteb", "eccv_caption"}))
      ->capture_default_str();
  command.add_option("--rankings-depth", arguments.rankings_options.depth, "Number of candidates in a ranking")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--coco-captions", arguments.rankings_options.coco_captions,
                     "COCO's captions_val2014.json, which has the ids for eccv_caption");
}

void add_embedding_options(CLI::App& command, EmbeddingFiles& files) {
  command.add_option("--image-embeddings", files.image,
                     "Instead of a RUN: embeddings of pictures, FILE.npy, FILE.safetensors or "
                     "FILE.safetensors#TENSOR; the rows of several files are joined");
  command.add_option("--text-embeddings", files.text,
                     "Embeddings of captions, of the same width; rows of both are divided by their lengths");
  command.add_option("--image-of-text", files.image_of_text,
                     "Row of each caption's picture, .npy of int32 or int64; without it the ids in --captions; "
                     "without them caption i is of picture i");
  command.add_option("--ids", files.ids,
                     "The pictures' ids: one per line, or a list in a .json; without it row numbers");
  command.add_option("--captions", files.captions,
                     "The captions, for --slices and --against: one per line; a list in a .json; .jsonl with "
                     "\"caption\" and optionally \"image\", an id");
  command.add_option("--more-image-embeddings", files.more_images, "More pictures to search, which are not queries");
  command.add_option("--more-text-embeddings", files.more_texts, "More captions to search, which are not queries");
}

}  // namespace

void add_eval_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("eval", "Measure retrieval both ways, with intervals");
  const auto arguments = std::make_shared<EvalArguments>();
  command->add_option("run", arguments->run.folder, "Run made by 'tandem train'");
  add_split_option(*command, arguments->run.split);
  command->add_option("--features", arguments->run.features, "Features by the same encoders, if not those of training");
  command
      ->add_option("--gallery-split", arguments->run.gallery_splits,
                   "Search pictures and captions of these splits too: train,dev; or all")
      ->delimiter(',');
  add_embedding_options(*command, arguments->embeddings);
  command
      ->add_option("--protocol", arguments->options.protocol,
                   "Size of the gallery: all; coco-5k or coco-1k (five folds) for Karpathy's test split of COCO")
      ->check(CLI::IsMember({"all", "coco-5k", "coco-1k"}))
      ->capture_default_str();
  command
      ->add_option("--right-answers", arguments->options.right_answers,
                   "Which answers are right. pairs: a caption's own picture alone. captions: every picture with the "
                   "same caption. auto: captions if more than a tenth of the captions are shared by several pictures")
      ->check(CLI::IsMember({"auto", "pairs", "captions"}))
      ->capture_default_str();
  command->add_option("-k", arguments->options.ks, "The k of recall@k: 1,5,10")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--samples", arguments->options.bootstrap.samples,
                   "Bootstrap resamples of pictures for the intervals; 0: no intervals")
      ->check(CLI::Range(0, 10000000))
      ->capture_default_str();
  command->add_option("--seed", arguments->options.bootstrap.seed, "Seed of the resamples")->capture_default_str();
  command->add_option(
      "--against", arguments->options.against,
      "Another RUN, or ranks that --ranks wrote: differences with intervals and p, on the same queries");
  command->add_option("--against-features", arguments->options.against_features,
                      "Features of the other run, if not those of its training");
  command->add_flag("--slices", arguments->options.slices,
                    "Recall by caption length, kinds of words, and the pictures' brightness and size");
  command->add_option(
      "--slice-words", arguments->options.slice_words,
      "File with other kinds of words: [name] lines, each followed by its words or phrases, one per line");
  command->add_flag("--strict", arguments->options.strict,
                    "Look at the pictures, and stop if a measured one is in train or dev too, even recompressed or "
                    "resized");
  command->add_option("--ranks", arguments->ranks,
                      "Write the rank of every query, without correction, to this file, JSON lines");
  add_rankings_options(*command, *arguments);
  add_correction_options(*command, arguments->correction);
  command->add_flag("--json", arguments->json, "Print a JSON object");
  command->footer(
      "Examples:\n"
      "  tandem eval run\n"
      "  tandem eval run --split dev -k 1,5,10,50 --json\n"
      "  tandem eval run --against other-run\n"
      "  tandem eval run --slices --strict\n"
      "  tandem eval run --correction csls --transductive\n"
      "  tandem eval run --gallery-split all\n"
      "  tandem eval run --features coco-features --protocol coco-1k\n"
      "  tandem eval run --rankings rankings --rankings-format trec\n"
      "  tandem eval --image-embeddings image.npy --text-embeddings text.npy --image-of-text rows.npy --ranks "
      "openclip.jsonl\n"
      "\nIntervals hold 95% of what other pictures from the same source would give: pictures are resampled with "
      "all their captions.\n"
      "p is two-sided, by the paired bootstrap. Pictures that have the same features as one in train or dev are "
      "always named.\n"
      "After 'tandem correct', the numbers that come first are those of what 'tandem search' does.");
  command->callback([arguments, command] {
    refuse_idle_options(
        *command,
        {{{"--split"}, "a RUN", !arguments->run.folder.empty(), "embeddings"},
         {{"--against-features"}, "--against RUN", !arguments->options.against.empty()},
         {{"--rankings-format", "--rankings-depth", "--coco-captions"}, "--rankings DIR", !arguments->rankings.empty()},
         {{"--coco-captions"},
          "--rankings-format eccv_caption",
          arguments->rankings_format == "eccv_caption",
          "--rankings-format " + arguments->rankings_format},
         {{"--seed"}, "--samples above 0", arguments->options.bootstrap.samples > 0, "--samples 0"}});
    run_eval(*arguments);
  });
}

}  // namespace tandem::apps

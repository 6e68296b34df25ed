#include <c10/util/Exception.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "apps/arguments/correction_arguments.h"
#include "apps/arguments/idle_options.h"
#include "apps/commands/command.h"
#include "apps/terminal/progress_bar.h"
#include "apps/terminal/progress_stages.h"
#include "tandem/base/errors.h"
#include "tandem/evaluation/rank_file.h"
#include "tandem/reports/corrected_report.h"
#include "tandem/reports/eval_report.h"
#include "tandem/storage/json_text.h"

namespace tandem::apps {
namespace {

struct EvalArguments {
  RunArguments run;
  EmbeddingArguments embeddings;
  std::string protocol = "all";
  std::vector<std::int64_t> ks;
  BootstrapOptions bootstrap;
  std::string against, against_features, ranks, slice_words;
  bool slices = false;
  bool strict = false;
  CorrectionOptions correction;
  bool json = false;
};

void check_arguments(const EvalArguments& arguments) {
  const EmbeddingArguments& files = arguments.embeddings;
  TORCH_CHECK_VALUE(arguments.run.run.empty() != files.image.empty() && files.image.empty() == files.text.empty(),
                    "eval: a RUN, or --image-embeddings with --text-embeddings, were needed, got ",
                    arguments.run.run.empty() ? "neither or one of the two" : "both");
  const bool file_options = !files.ids.empty() || !files.captions.empty() || !files.image_of_text.empty() ||
                            !files.more_images.empty() || !files.more_texts.empty();
  TORCH_CHECK_VALUE(arguments.run.run.empty() || !file_options,
                    "eval: --ids, --captions, --image-of-text and --more-... are about --image-embeddings, got a RUN");
  TORCH_CHECK_VALUE(!arguments.run.run.empty() ||
                        (arguments.run.gallery_splits.empty() && !arguments.strict && arguments.run.features.empty()),
                    "eval: --gallery-split, --strict and --features are about a RUN, got embeddings");
  TORCH_CHECK_VALUE(arguments.slice_words.empty() || arguments.slices,
                    "eval: --slice-words is about --slices, which was not given");
}

/// Those asked for must fit; of 1, 5 and 10, which nobody asked for, those that do are shown.
std::vector<std::int64_t> fitting_ks(const EvalArguments& arguments, const RetrievalResult& result) {
  const std::int64_t most = std::min(result.gallery_images, result.gallery_captions);
  std::vector<std::int64_t> ks = arguments.ks.empty() ? std::vector<std::int64_t>{1, 5, 10} : arguments.ks;
  std::sort(ks.begin(), ks.end());
  ks.erase(std::unique(ks.begin(), ks.end()), ks.end());
  TORCH_CHECK_VALUE(arguments.ks.empty() || ks.back() <= most,
                    "eval: -k must be at most the size of the gallery, which has ", result.gallery_images,
                    " pictures and ", result.gallery_captions, " captions, got ", ks.back());
  std::erase_if(ks, [&](std::int64_t k) { return k > most; });
  return ks;
}

RetrievalResult measure(const EvalInput& input, const EvalArguments& arguments) {
  ProgressBar bar("ranking", "bands of pictures");
  return measure_retrieval(input.image, input.text, input.image_of_text, *protocol_named(arguments.protocol),
                           input.others, bar.callback());
}

/// A RUN, measured in the same way, or ranks that an earlier call wrote.
RankList other_ranks(const EvalArguments& arguments) {
  if (std::filesystem::is_regular_file(arguments.against)) return read_rank_list(arguments.against);
  RunArguments other = arguments.run;
  other.run = arguments.against;
  other.features = arguments.against_features;
  const EvalInput input = read_run_input(other);
  return rank_list(measure(input, arguments), input.title, arguments.protocol, input.ids, input.captions);
}

void refuse_leaks(const EvalReport& report, const EvalArguments& arguments) {
  if (!arguments.strict) return;
  const LeakReport& leaks = *report.leaks;
  if (!leaks.unchecked.empty())
    throw FileError(arguments.run.run, "a split that is held out from the model, for --strict", leaks.unchecked);
  if (!leaks.leaks.empty())
    throw FileError(arguments.run.run, "no picture of train or dev among those measured (--strict)",
                    leak_sentence(leaks));
}

void find_leaks(EvalReport& report, const EvalInput& input, const EvalArguments& arguments) {
  report.leaks_by = arguments.strict ? "what pictures show" : "equal features";
  ProgressStages bars;
  report.leaks = arguments.strict ? look_alikes(*input.embedded, arguments.run.split, bars.stages(), bars.notice())
                                  : equal_features(*input.embedded, arguments.run.split);
  refuse_leaks(report, arguments);
}

/// What the run's correction for hubs makes of it: of a RUN in its own gallery alone, for only
/// those candidates have biases.
std::optional<CorrectedRetrieval> correct(const EvalInput& input, const EvalArguments& arguments) {
  const CorrectionOptions& correction = arguments.correction;
  if (!input.embedded || !arguments.run.gallery_splits.empty()) {
    TORCH_CHECK_VALUE(correction.wanted == "run" && !correction.transductive,
                      "eval: --correction and --transductive are about a RUN without --gallery-split, got ",
                      input.embedded ? "a larger gallery" : "embeddings");
    return std::nullopt;
  }
  return measure_corrected(arguments.run.run, correction, input.image, input.text, input.image_of_text,
                           *protocol_named(arguments.protocol));
}

void print_json(const EvalInput& input, const EvalReport& report, const std::optional<CorrectedRetrieval>& corrected,
                const EvalArguments& arguments) {
  Json json = eval_json(input, report);
  json["corrected"] = corrected ? corrected_json(*corrected) : Json();
  if (input.embedded) {
    const TrainOptions& options = input.embedded->run.options;
    json.update({{"run", arguments.run.run},
                 {"data", input.embedded->store.manifest().data_name},
                 {"split", arguments.run.split},
                 {"seed", options.seed},
                 {"shuffled", options.shuffled}});
    if (input.embedded->run.cca) json["seed"] = Json();
    if (!input.embedded->run.members.empty()) {
      json["seed"] = Json();
      json["seeds"] = Json::array();
      for (const RunMember& member : input.embedded->run.members) {
        if (!member.cca) json["seeds"].push_back(member.options.seed);
      }
    }
  }
  std::cout << json_text(json) << "\n";
}

void run_eval(const EvalArguments& arguments) {
  check_arguments(arguments);
  const EvalInput input =
      arguments.run.run.empty() ? read_embeddings(arguments.embeddings) : read_run_input(arguments.run);
  EvalReport report{.protocol = arguments.protocol, .bootstrap = arguments.bootstrap};
  if (input.embedded) find_leaks(report, input, arguments);
  report.result = measure(input, arguments);
  report.ks = fitting_ks(arguments, report.result);
  if (report.bootstrap.samples > 0) report.intervals = retrieval_intervals(report.result, report.ks, report.bootstrap);
  const RankList ranks = rank_list(report.result, input.title, arguments.protocol, input.ids, input.captions);
  if (!arguments.against.empty()) {
    TORCH_CHECK_VALUE(report.bootstrap.samples > 0, "eval: --against needs resamples, got --samples 0");
    report.against = arguments.against;
    report.differences =
        paired_differences(matched(ranks, ranks, "these ranks"),
                           matched(ranks, other_ranks(arguments), arguments.against), report.ks, report.bootstrap);
  }
  if (arguments.slices) {
    ProgressStages bars;
    report.slices = slice_recalls(input, report.result, report.ks, arguments.slice_words, report.bootstrap,
                                  bars.stages(), bars.notice());
  }
  if (!arguments.ranks.empty()) write_rank_list(arguments.ranks, ranks);
  const std::optional<CorrectedRetrieval> corrected = correct(input, arguments);
  if (arguments.json) {
    print_json(input, report, corrected, arguments);
  } else {
    print_eval(input, report, std::cout);
    if (corrected) print_corrected(*corrected, std::cout);
  }
}

void add_embedding_options(CLI::App& command, EmbeddingArguments& files) {
  command.add_option("--image-embeddings", files.image,
                     "Instead of a RUN: embeddings of pictures, FILE.npy, FILE.safetensors or FILE.safetensors#TENSOR; "
                     "several are put below each other");
  command.add_option("--text-embeddings", files.text,
                     "Embeddings of captions, as wide; rows of both are divided by their lengths");
  command.add_option("--image-of-text", files.image_of_text,
                     "Row of each caption's picture, .npy of int32 or int64; else by the ids in --captions, else "
                     "caption i is of picture i");
  command.add_option("--ids", files.ids, "The pictures' ids: one a line, or a list in a .json; else row numbers");
  command.add_option("--captions", files.captions,
                     "The captions, for --slices and --against: one a line; .json list; .jsonl with \"caption\" and "
                     "perhaps \"image\", an id");
  command.add_option("--more-image-embeddings", files.more_images, "More pictures to search, which are no queries");
  command.add_option("--more-text-embeddings", files.more_texts, "More captions to search, which are no queries");
}

}  // namespace

void add_eval_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("eval", "Measure retrieval both ways, with intervals");
  const auto arguments = std::make_shared<EvalArguments>();
  command->add_option("run", arguments->run.run, "Run made by 'tandem train'");
  command->add_option("--split", arguments->run.split, kSplitHelp)->capture_default_str();
  command->add_option("--features", arguments->run.features, "Features by the same encoders, if not those of training");
  command
      ->add_option("--gallery-split", arguments->run.gallery_splits,
                   "Search pictures and captions of these splits too: train,dev; or all")
      ->delimiter(',');
  add_embedding_options(*command, arguments->embeddings);
  command
      ->add_option(
          "--protocol", arguments->protocol,
          "What is searched in what: all, or coco-5k or coco-1k (five folds), for Karpathy's test split of COCO")
      ->check(CLI::IsMember({"all", "coco-5k", "coco-1k"}))
      ->capture_default_str();
  command->add_option("-k", arguments->ks, "Recall at these: 1,5,10")->delimiter(',')->check(CLI::PositiveNumber);
  command
      ->add_option("--samples", arguments->bootstrap.samples,
                   "Bootstrap resamples of pictures for the intervals; 0: no intervals")
      ->check(CLI::Range(0, 10000000))
      ->capture_default_str();
  command->add_option("--seed", arguments->bootstrap.seed, "Of the resamples")->capture_default_str();
  command->add_option(
      "--against", arguments->against,
      "Another RUN, or ranks that --ranks wrote: differences with intervals and p, on the same queries");
  command->add_option("--against-features", arguments->against_features,
                      "Features of the other run, if not those of its training");
  command->add_flag("--slices", arguments->slices,
                    "Recall by caption length, kinds of words, and the pictures' brightness and size");
  command->add_option("--slice-words", arguments->slice_words,
                      "File with other kinds of words: [name] lines, below each its words or phrases, one a line");
  command->add_flag(
      "--strict", arguments->strict,
      "Look at the pictures, and refuse to measure any that is in train or dev too, recompressed or resized");
  command->add_option("--ranks", arguments->ranks, "Write the rank of every query to this file, JSON lines");
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
      "  tandem eval --image-embeddings image.npy --text-embeddings text.npy --image-of-text rows.npy --ranks "
      "openclip.jsonl\n"
      "\nIntervals hold 95% of what other pictures from the same source would give: pictures are drawn anew with all "
      "their captions.\n"
      "p is that of the paired bootstrap, two-sided. Pictures with the same features in train or dev are always "
      "named.");
  command->callback([arguments, command] {
    refuse_idle_options(*command, {{{"--split"}, "a RUN", !arguments->run.run.empty(), "embeddings"},
                                   {{"--against-features"}, "--against RUN", !arguments->against.empty()},
                                   {{"--seed"}, "--samples above 0", arguments->bootstrap.samples > 0, "--samples 0"}});
    run_eval(*arguments);
  });
}

}  // namespace tandem::apps

#include "tandem/evaluation/retrieval_evaluation.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <filesystem>

#include "tandem/base/errors.h"

namespace tandem {
namespace {

/// Those asked for must fit; of 1, 5 and 10, which nobody asked for, those that do are shown.
std::vector<std::int64_t> fitting_ks(const std::vector<std::int64_t>& wanted, const RetrievalResult& result) {
  const std::int64_t most = std::min(result.gallery_images, result.gallery_captions);
  std::vector<std::int64_t> ks = wanted.empty() ? std::vector<std::int64_t>{1, 5, 10} : wanted;
  std::sort(ks.begin(), ks.end());
  ks.erase(std::unique(ks.begin(), ks.end()), ks.end());
  TORCH_CHECK_VALUE(wanted.empty() || ks.back() <= most, "eval: -k must be at most the size of the gallery, which has ",
                    result.gallery_images, " pictures and ", result.gallery_captions, " captions, got ", ks.back());
  std::erase_if(ks, [&](std::int64_t k) { return k > most; });
  return ks;
}

RetrievalResult result_of(const RetrievalInput& input, const std::string& protocol, const SameCaptions& same,
                          const Stages& stages) {
  const std::optional<Protocol> named = protocol_named(protocol);
  TORCH_CHECK_VALUE(named.has_value(), "evaluate_retrieval: there is no protocol \"", protocol, "\"");
  return measure_retrieval(input.image, input.text, input.image_of_text, *named, input.others,
                           begin_stage(stages, "ranking", same.empty() ? "bands of pictures" : "blocks of queries"),
                           same);
}

RankList ranks_of(const RetrievalInput& input, const RetrievalResult& result, const std::string& protocol) {
  return rank_list(result, input.title, protocol, input.ids, input.captions);
}

/// A model, measured as this one is, or ranks that an earlier call wrote.
RankList other_ranks(const RunOptions& ours, const EvaluationOptions& options, const AnswerRule& rule,
                     const Stages& stages) {
  if (std::filesystem::is_regular_file(options.against)) return read_rank_list(options.against);
  RunOptions other = ours;
  other.folder = options.against;
  other.features = options.against_features;
  const RetrievalInput input = read_run_input(other);
  const AnswerRule same_rule = answer_rule(input, rule.name());
  return ranks_of(input, result_of(input, options.protocol, same_rule.same, stages), options.protocol);
}

void refuse_leaks(const LeakReport& leaks, const std::string& folder) {
  if (!leaks.unchecked.empty())
    throw FileError(folder, "a split that is held out from the model, for --strict", leaks.unchecked);
  if (!leaks.leaks.empty())
    throw FileError(folder, "no picture of train or dev among those measured (--strict)", leak_sentence(leaks));
}

void find_leaks(RetrievalEvaluation& evaluation, const RetrievalInput& input, bool strict, const Stages& stages,
                const Notice& notice) {
  evaluation.leaks_by = strict ? "what pictures show" : "equal features";
  evaluation.leaks = strict ? look_alikes(*input.embedded, input.run.split, stages, notice)
                            : equal_features(*input.embedded, input.run.split);
  if (strict) refuse_leaks(*evaluation.leaks, input.run.folder);
}

}  // namespace

RetrievalEvaluation evaluate_retrieval(const RetrievalInput& input, const EvaluationOptions& options,
                                       const Stages& stages, const Notice& notice) {
  RetrievalEvaluation evaluation{.protocol = options.protocol, .bootstrap = options.bootstrap};
  if (input.embedded) find_leaks(evaluation, input, options.strict, stages, notice);
  evaluation.rule = answer_rule(input, options.right_answers);
  evaluation.result = result_of(input, options.protocol, evaluation.rule.same, stages);
  if (evaluation.rule.by_caption) evaluation.by_pairs = result_of(input, options.protocol, {}, stages);
  evaluation.ks = fitting_ks(options.ks, evaluation.result);
  if (options.bootstrap.samples > 0)
    evaluation.intervals = retrieval_intervals(evaluation.result, evaluation.ks, options.bootstrap);
  evaluation.ranks = ranks_of(input, evaluation.result, options.protocol);
  if (!options.against.empty()) {
    TORCH_CHECK_VALUE(options.bootstrap.samples > 0, "eval: --against needs resamples, got --samples 0");
    evaluation.against = options.against;
    const RankList other = other_ranks(input.run, options, evaluation.rule, stages);
    evaluation.differences =
        paired_differences(matched(evaluation.ranks, evaluation.ranks, "these ranks"),
                           matched(evaluation.ranks, other, options.against), evaluation.ks, options.bootstrap);
  }
  if (options.slices) {
    evaluation.slices =
        slice_recalls(input, evaluation.result, evaluation.ks, options.slice_words, options.bootstrap, stages, notice);
  }
  return evaluation;
}

}  // namespace tandem

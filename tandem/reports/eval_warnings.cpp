#include "tandem/reports/eval_warnings.h"

#include "tandem/base/number_text.h"

namespace tandem {
namespace {

std::string percent_text(double share) { return decimal(100 * share, 1) + "%"; }

std::string few_pictures(std::int64_t pictures, bool with_intervals) {
  return with_thousands(pictures) + (pictures == 1 ? " picture: " : " pictures: ") +
         "these numbers say little. One picture more or less that is found moves recall by " +
         decimal(100 / static_cast<double>(pictures), 1) + " points" +
         (with_intervals ? ", and an interval from 0 to 100 means that nothing is known" : "");
}

}  // namespace

std::vector<std::string> eval_warnings(const RetrievalInput& input, const RetrievalEvaluation& evaluation) {
  std::vector<std::string> warnings;
  const AnswerRule& rule = evaluation.rule;
  if (evaluation.result.images < kFewQueries)
    warnings.push_back(few_pictures(evaluation.result.images, !evaluation.intervals.empty()));
  if (rule.captions_known && rule.different < kFewQueries && rule.shared > 0)
    warnings.push_back("there are only " + with_thousands(rule.different) +
                       " different captions, so the intervals hold for other pictures, not for other captions");
  if (rule.share() > 0.5)
    warnings.push_back("most captions are shared, so they name classes rather than pictures; 'tandem classify " +
                       (input.run.folder.empty() ? std::string("RUN") : input.run.folder) +
                       "' measures how well the model tells classes apart");
  return warnings;
}

std::string shared_caption_words(const AnswerRule& rule) {
  if (rule.shared == 0) return "";
  const std::string how_many = with_thousands(rule.shared) + " of " + with_thousands(rule.captions) + " captions (" +
                               percent_text(rule.share()) + ") are shared by several pictures";
  if (!rule.by_caption)
    return how_many +
           "; a caption's own picture alone counts as right, as in published numbers (--right-answers "
           "captions counts every picture of the same caption)";
  return how_many + ", so every picture of the same caption counts as right, and every caption of the same text" +
         (rule.others_unknown ? "; the captions of the other candidates are not known and count as wrong" : "");
}

}  // namespace tandem

#include "tandem/evaluation/answer_rule.h"

#include <c10/util/Exception.h>

#include <unordered_map>

#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

SameCaptions same_captions(const RetrievalInput& input) {
  SameCaptions same;
  std::unordered_map<std::string, std::int64_t> number_of;
  const auto number = [&](const std::string& caption) {
    return number_of.try_emplace(clean_caption(caption), static_cast<std::int64_t>(number_of.size())).first->second;
  };
  for (const std::string& caption : input.captions) same.of_text.push_back(number(caption));
  for (const std::string& caption : input.other_names.captions) same.of_other.push_back(number(caption));
  same.image_of_other = input.other_names.image_of_text;
  return same;
}

}  // namespace

AnswerRule answer_rule(const RetrievalInput& input, const std::string& wanted) {
  TORCH_CHECK_VALUE(wanted == "auto" || wanted == kPairsAreRight || wanted == kCaptionsAreRight,
                    "answer_rule: the rule must be auto, pairs or captions, got ", wanted);
  AnswerRule rule{.captions_known = !input.captions.empty(), .captions = input.text.size(0)};
  TORCH_CHECK_VALUE(rule.captions_known || wanted != kCaptionsAreRight,
                    "eval: --right-answers captions needs to know the captions, got embeddings without --captions");
  if (!rule.captions_known) return rule;
  SameCaptions same = same_captions(input);
  const std::int64_t others = input.others.image.defined() ? input.others.image.size(0) : 0;
  const RightAnswers right(input.image_of_text, input.image.size(0), others, same);
  rule.shared = right.shared_captions();
  rule.different = right.different_captions();
  rule.by_caption = wanted == kCaptionsAreRight || (wanted == "auto" && rule.share() > kMostSharedCaptions);
  if (!rule.by_caption) return rule;
  rule.others_unknown = input.others.text.defined() && same.of_other.empty();
  rule.same = std::move(same);
  return rule;
}

}  // namespace tandem

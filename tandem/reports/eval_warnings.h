// Sentences about what the numbers of an evaluation cannot say.
#pragma once

#include <string>
#include <vector>

#include "tandem/evaluation/retrieval_evaluation.h"

namespace tandem {

/// With fewer queries than this, recall moves by more than a point from one to the next.
inline constexpr std::int64_t kFewQueries = 100;

/// One sentence each, without a full stop at its end: few pictures; few different captions, so that
/// the intervals do not hold for others; most captions shared, so that classification is the better
/// question.
std::vector<std::string> eval_warnings(const RetrievalInput& input, const RetrievalEvaluation& evaluation);

/// How captions that pictures share were counted; empty if none is shared or none is known.
std::string shared_caption_words(const AnswerRule& rule);

}  // namespace tandem

// Which answers count as right: the pairs of the data alone, or every picture with the same caption.
#pragma once

#include <cstdint>
#include <string>

#include "tandem/evaluation/retrieval_input.h"
#include "tandem/retrieval/right_answers.h"

namespace tandem {

/// From this share of shared captions on, the pairs alone say little of a model: pictures of one
/// caption cannot be told apart by it.
inline constexpr double kMostSharedCaptions = 0.1;

/// Names of the rules, in options, files and JSON.
inline constexpr const char* kPairsAreRight = "pairs";
inline constexpr const char* kCaptionsAreRight = "captions";

struct AnswerRule {
  bool by_caption = false;      ///< every picture with the same caption is right
  SameCaptions same;            ///< for measure_retrieval; empty unless by_caption
  bool captions_known = false;  ///< without captions, none is known to be shared
  std::int64_t captions = 0;    ///< that are queries
  std::int64_t shared = 0;      ///< of these, how many a picture other than their own has too
  std::int64_t different = 0;   ///< of these, how many different ones there are
  bool others_unknown = false;  ///< captions of the other candidates are not known and count as wrong

  std::string name() const { return by_caption ? kCaptionsAreRight : kPairsAreRight; }
  double share() const { return captions == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(captions); }
};

/// The rule for the input. Two captions are the same if clean_caption makes them equal; case and
/// punctuation count.
///
///   wanted  "pairs", "captions", or "auto": captions if a share above kMostSharedCaptions is shared
///
/// Throws c10::ValueError for another name, and for "captions" if the captions are not known.
AnswerRule answer_rule(const RetrievalInput& input, const std::string& wanted);

}  // namespace tandem

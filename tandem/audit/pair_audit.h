// Every pair of picture and caption judged: aligned, ambiguous, hub, or likely wrong. doc/audit.md
// explains each number.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tandem/audit/mismatch_model.h"
#include "tandem/audit/pair_evidence.h"

namespace tandem {

enum class Verdict {
  kAligned,       ///< none of the others
  kAmbiguous,     ///< unusually many other pictures fit the caption as well, or another picture has the same caption
  kHub,           ///< the caption, or the picture, is among the nearest of unusually many
  kWrongCaption,  ///< more likely a caption of another picture than of this one
};

/// "aligned", "ambiguous", "hub", "wrong caption".
std::string_view verdict_name(Verdict verdict);

/// A gallery and which rows of the whole its rows are.
struct JudgedGallery {
  AuditGallery gallery;
  std::vector<std::int64_t> image_rows;
  std::vector<std::int64_t> text_rows;
};

struct JudgedPair {
  std::int64_t image = 0, text = 0;  ///< rows of the whole
  Verdict verdict = Verdict::kAligned;
  double log_odds = 0;  ///< of the caption being wrong; the list is in this order
  double similarity = 0;
  std::int64_t others_as_near = 0;           ///< other pictures at least as near to the caption
  std::int64_t caption_in_lists = 0;         ///< pictures among whose nearest captions it is
  std::int64_t picture_in_lists = 0;         ///< captions among whose nearest pictures it is
  bool has_twin = false;                     ///< another picture has the same caption
  std::vector<std::int64_t> other_captions;  ///< of other pictures, nearest to the picture first
  std::vector<std::int64_t> other_pictures;  ///< nearest to the caption first
};

struct PairAuditOptions {
  std::int64_t neighbours = 10;  ///< length of the nearest lists that make hubs
  std::int64_t suggestions = 3;  ///< other captions and pictures to name
  std::uint64_t seed = 0;        ///< of the mismatches that the model learns from
};

/// All from the data. A number counts as unusual when it is above its limit.
struct PairAuditLimits {
  double others_as_near = 0;    ///< Tukey's upper fence, third quartile + 1.5 interquartile ranges (Tukey 1977)
  double caption_in_lists = 0;  ///< mean + 2 deviations, the usual mark of a hub (Radovanovic et al. 2010)
  double picture_in_lists = 0;
};

struct PairAudit {
  std::vector<JudgedPair> pairs;  ///< most suspect first; of equal odds the lower caption
  MismatchModel model;            ///< its `log_odds` are in the order of galleries and their captions
  PairAuditLimits limits;
};

/// Judges the pairs of all galleries by one model; each is compared within its own gallery.
///
///   twin_of_text  for every caption of the whole a caption that says the same of another picture,
///                 or -1
///
/// A pair is a wrong caption if its log odds are above 0; else a hub; else ambiguous; else aligned.
/// Throws c10::ValueError as gallery_statistics and fit_mismatch_model do, and if there is no
/// gallery.
PairAudit audit_pairs(const std::vector<JudgedGallery>& galleries, const std::vector<std::int64_t>& twin_of_text,
                      const PairAuditOptions& options);

}  // namespace tandem

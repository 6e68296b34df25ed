// Judges every pair of picture and caption: aligned, ambiguous, hub, or likely wrong. doc/audit.md
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
  kHub,           ///< the caption, or the picture, is among the nearest of unusually many others
  kWrongCaption,  ///< the caption more likely belongs to another picture than to this one
};

/// "aligned", "ambiguous", "hub", "wrong caption".
std::string_view verdict_name(Verdict verdict);

/// A gallery, and the rows of the whole data set that its rows come from.
struct JudgedGallery {
  AuditGallery gallery;
  std::vector<std::int64_t> image_rows;
  std::vector<std::int64_t> text_rows;
};

struct JudgedPair {
  std::int64_t image = 0, text = 0;  ///< rows of the whole data set
  Verdict verdict = Verdict::kAligned;
  double log_odds = 0;  ///< that the caption is wrong; the list is in descending order of it
  double similarity = 0;
  std::int64_t others_as_near = 0;           ///< other pictures at least as near to the caption
  std::int64_t caption_in_lists = 0;         ///< number of pictures that have it among their nearest captions
  std::int64_t picture_in_lists = 0;         ///< number of captions that have it among their nearest pictures
  bool has_twin = false;                     ///< another picture has the same caption
  std::vector<std::int64_t> other_captions;  ///< of other pictures, nearest to the picture first
  std::vector<std::int64_t> other_pictures;  ///< nearest to the caption first
};

struct PairAuditOptions {
  std::int64_t neighbours = 10;  ///< length of the lists of nearest that define hubs
  std::int64_t suggestions = 3;  ///< number of other captions and pictures to name
  std::uint64_t seed = 0;        ///< of the mismatches that the model is fitted to
};

/// Limits computed from the data. A number above its limit counts as unusual.
struct PairAuditLimits {
  double others_as_near = 0;    ///< Tukey's upper fence, third quartile + 1.5 interquartile ranges (Tukey 1977)
  double caption_in_lists = 0;  ///< mean + 2 deviations, the usual criterion for a hub (Radovanovic et al. 2010)
  double picture_in_lists = 0;
};

struct PairAudit {
  std::vector<JudgedPair> pairs;  ///< most suspect first; of equal odds the lower caption first
  MismatchModel model;            ///< its `log_odds` are in the order of galleries and their captions
  PairAuditLimits limits;
};

/// Judges the pairs of all galleries with one model; each pair is compared within its own gallery.
///
///   twin_of_text  for every caption of the whole data set, a caption of another picture that says
///                 the same, or -1
///
/// A pair is a wrong caption if its log odds are above 0; otherwise hub, ambiguous or aligned, the
/// first that applies.
/// Throws c10::ValueError as gallery_statistics and fit_mismatch_model do, and if there is no
/// gallery.
PairAudit audit_pairs(const std::vector<JudgedGallery>& galleries, const std::vector<std::int64_t>& twin_of_text,
                      const PairAuditOptions& options);

}  // namespace tandem

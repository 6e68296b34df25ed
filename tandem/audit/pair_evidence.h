// Evidence for and against "this caption describes this picture": numbers about one pair that are
// comparable across pairs.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>

#include "tandem/audit/side_statistics.h"

namespace tandem {

/// Pictures and captions that are compared with each other. They are embedded by heads that were
/// trained on none of these pairs.
struct AuditGallery {
  at::Tensor image;          ///< [N, D] float32, rows of unit length
  at::Tensor text;           ///< [M, D] float32, rows of unit length
  at::Tensor image_of_text;  ///< [M] int64, rows of `image`
  at::Tensor text_features;  ///< [M, F] float32, captions as from the frozen encoder
  double logit_scale = 1;    ///< factor on similarity inside the softmax
};

struct GalleryStatistics {
  SideStatistics image;  ///< pictures among captions; `as_near` refers to the picture's first caption
  SideStatistics text;   ///< captions among pictures
};

/// Statistics of both sides, with the `k` nearest of the other side for every row. Throws
/// c10::ValueError as side_statistics does, and if a picture has no caption.
GalleryStatistics gallery_statistics(const AuditGallery& gallery, std::int64_t k);

/// Columns of pair_evidence.
inline constexpr std::array kEvidenceNames = {
    "similarity",               // cosine of picture and caption
    "unusual for the caption",  // (similarity - mean) / deviation over the caption's similarities to all pictures
    "unusual for the picture",  // the same over the picture's similarities to all captions
    "picture given caption",    // log softmax over all pictures
    "caption given picture",    // log softmax over all captions
    "other captions, shared",   // mean cosine to the picture's other captions in the shared space
    "other captions, frozen",   // the same in the encoder's own features, centred
    "others to the picture",    // mean cosine of the picture's other captions to it: what to expect of this one
    "others to each other",     // mean cosine of these captions to each other, frozen and centred
};

/// Evidence for every place (a picture and one of its captions) if `text_of_place` were the caption
/// there. The places' own captions give the evidence of the data; permuted captions give evidence
/// of wrong captions.
///
///   text_of_place  [M]  int64, rows of `gallery.text`
///
/// Returns [M, 9] float64, NaN if there are too few other captions: fewer than two for the last
/// column, none for the three before it.
at::Tensor pair_evidence(const AuditGallery& gallery, const GalleryStatistics& statistics,
                         const at::Tensor& text_of_place);

}  // namespace tandem

// What speaks for and against "this caption describes this picture": numbers about one pair, each
// comparable across pairs.
#pragma once

#include <ATen/core/Tensor.h>

#include <array>

#include "tandem/audit/side_statistics.h"

namespace tandem {

/// Pictures and captions that are compared with each other, embedded by heads that learned from
/// none of these pairs.
struct AuditGallery {
  at::Tensor image;          ///< [N, D] float32, rows of unit length
  at::Tensor text;           ///< [M, D] float32, rows of unit length
  at::Tensor image_of_text;  ///< [M] int64, rows of `image`
  at::Tensor text_features;  ///< [M, F] float32, captions as the frozen encoder gave them
  double logit_scale = 1;    ///< factor on similarity inside the softmax
};

struct GalleryStatistics {
  SideStatistics image;  ///< pictures among captions; `as_near` is about the picture's first caption
  SideStatistics text;   ///< captions among pictures
};

/// `k` nearest of the other side for everyone. Throws c10::ValueError as side_statistics does, and
/// if a picture has no caption.
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
    "others to the picture",    // mean cosine of the picture's other captions to it: what can be asked of this one
    "others to each other",     // mean cosine of those among themselves, frozen and centred
};

/// Evidence for every place (picture, one of its captions), were the caption there `text_of_place`:
/// the places' own captions give what the data say, permuted ones what it looks like when a caption
/// is wrong.
///
///   text_of_place  [M]  int64, rows of `gallery.text`
///
/// Returns [M, 9] float64; NaN where there are too few other captions: one for the last column,
/// none for the three before it.
at::Tensor pair_evidence(const AuditGallery& gallery, const GalleryStatistics& statistics,
                         const at::Tensor& text_of_place);

}  // namespace tandem

// Which candidates are right for a query: those it was paired with, or all with the same caption.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tandem {

/// Which captions have the same text. Captions with equal numbers do.
struct SameCaptions {
  std::vector<std::int64_t> of_text;         ///< [M]; empty: nothing is right but the pairs
  std::vector<std::int64_t> of_other;        ///< [M'] of the distractors' captions; empty: none is right
  std::vector<std::int64_t> image_of_other;  ///< [M'] rows of the distractors' pictures; as long as `of_other`

  bool empty() const { return of_text.empty(); }
};

/// The right answers of every query. Candidates are the rows of a side followed by its distractors.
///
/// A picture is right for a caption if it has a caption of the same text. A caption is right for a
/// picture if the picture has one of the same text. Without SameCaptions every text is different.
class RightAnswers {
 public:
  /// Throws c10::ValueError if the lengths do not fit, or a row is not one of a picture.
  ///
  ///   image_of_text  [M] int64, rows of the N pictures
  RightAnswers(const at::Tensor& image_of_text, std::int64_t images, std::int64_t other_images,
               const SameCaptions& same);

  /// Rows of captions, ascending. `image` is below N.
  std::vector<std::int64_t> texts_of(std::int64_t image) const;
  /// Rows of pictures, ascending. `text` is below M.
  const std::vector<std::int64_t>& images_of(std::int64_t text) const { return images_of_group_[group_of_text_[text]]; }

  /// Captions that pictures other than their own have too.
  std::int64_t shared_captions() const;
  /// Captions with different texts, among those that are queries.
  std::int64_t different_captions() const;

  /// For each query the number of its right answers: [N] of pictures, [M] of captions.
  std::vector<std::int64_t> texts_per_image() const;
  std::vector<std::int64_t> images_per_text() const;

 private:
  void add(std::int64_t text, std::int64_t image, std::int64_t group);

  std::int64_t images_;
  std::vector<std::int64_t> group_of_text_;                 ///< [M] from 0
  std::vector<std::vector<std::int64_t>> groups_of_image_;  ///< [N + N'] ascending
  std::vector<std::vector<std::int64_t>> texts_of_group_, images_of_group_;
};

}  // namespace tandem

#include "tandem/audit/pair_evidence.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <limits>

#include "tandem/analysis/centred_unit.h"
#include "tandem/base/paired_products.h"
#include "tandem/base/shape_check.h"

namespace tandem {
namespace {

/// The other captions of the picture of every place: their sum as unit rows, and their number.
class OtherCaptions {
 public:
  ///   unit  [M, D] rows of unit length
  OtherCaptions(const at::Tensor& unit, const at::Tensor& image_of_text, std::int64_t images) {
    at::Tensor sum = at::zeros({images, unit.size(1)}, unit.options());
    sum.index_add_(0, image_of_text, unit);
    sum_ = sum.index_select(0, image_of_text) - unit;
    count_ = at::bincount(image_of_text, {}, images).index_select(0, image_of_text) - 1;
  }

  /// Mean cosine to a row of its own for every place, [M] float64.
  at::Tensor cosine_to(const at::Tensor& rows) const {
    return mean((rows * sum_).sum(1, /*keepdim=*/false, at::kDouble), count_);
  }

  /// Mean cosine between two of them: the square of the sum contains every pair twice and every
  /// caption with itself.
  at::Tensor cosine_among() const {
    return mean(sum_.square().sum(1, /*keepdim=*/false, at::kDouble) - count_, count_ * (count_ - 1));
  }

 private:
  static at::Tensor mean(const at::Tensor& sum, const at::Tensor& number) {
    return at::where(number > 0, sum / number.clamp_min(1),
                     at::full({}, std::numeric_limits<double>::quiet_NaN(), at::kDouble));
  }

  at::Tensor sum_, count_;
};

}  // namespace

GalleryStatistics gallery_statistics(const AuditGallery& gallery, std::int64_t k) {
  const std::int64_t images = gallery.image.size(0);
  const std::int64_t texts = gallery.text.size(0);
  check_shape("gallery_statistics", "image_of_text", gallery.image_of_text, {texts});
  at::Tensor first_text = at::full({images}, -1, at::kLong);
  const auto partner = gallery.image_of_text.accessor<std::int64_t, 1>();
  for (std::int64_t j = texts - 1; j >= 0; --j) {
    TORCH_CHECK_VALUE(partner[j] >= 0 && partner[j] < images, "gallery_statistics: image_of_text must be rows 0 to ",
                      images - 1, ", got ", partner[j]);
    first_text[partner[j]] = j;
  }
  TORCH_CHECK_VALUE((first_text >= 0).all().item<bool>(), "gallery_statistics: every picture must have a caption");
  return {.image = side_statistics(gallery.image, gallery.text, first_text, gallery.logit_scale, k),
          .text = side_statistics(gallery.text, gallery.image, gallery.image_of_text, gallery.logit_scale, k)};
}

at::Tensor pair_evidence(const AuditGallery& gallery, const GalleryStatistics& statistics,
                         const at::Tensor& text_of_place) {
  const c10::InferenceMode no_gradients;
  const std::int64_t texts = gallery.text.size(0);
  check_shape("pair_evidence", "text_of_place", text_of_place, {texts});
  check_shape("pair_evidence", "text_features", gallery.text_features, {texts, kAnySize});
  const at::Tensor& image = gallery.image_of_text;
  const auto of_image = [&](const at::Tensor& value) { return value.index_select(0, image).to(at::kDouble); };
  const auto of_text = [&](const at::Tensor& value) { return value.index_select(0, text_of_place).to(at::kDouble); };
  const at::Tensor similarity =
      paired_products(gallery.image.index_select(0, image), gallery.text.index_select(0, text_of_place))
          .to(at::kDouble);
  const at::Tensor logit = similarity * gallery.logit_scale;
  const at::Tensor frozen = centred_unit(gallery.text_features);
  const OtherCaptions shared_others(gallery.text, image, gallery.image.size(0)),
      frozen_others(frozen, image, gallery.image.size(0));
  return at::stack({similarity, (similarity - of_text(statistics.text.mean)) / of_text(statistics.text.deviation),
                    (similarity - of_image(statistics.image.mean)) / of_image(statistics.image.deviation),
                    logit - of_text(statistics.text.log_sum), logit - of_image(statistics.image.log_sum),
                    shared_others.cosine_to(gallery.text.index_select(0, text_of_place)),
                    frozen_others.cosine_to(frozen.index_select(0, text_of_place)),
                    shared_others.cosine_to(gallery.image.index_select(0, image)), frozen_others.cosine_among()},
                   1);
}

}  // namespace tandem

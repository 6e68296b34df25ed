#include "tandem/retrieval/ranks.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <numeric>

#include "tandem/base/shape_check.h"
#include "tandem/base/worker_batches.h"
#include "tandem/retrieval/counts.h"

namespace tandem {
namespace {

constexpr std::int64_t kBandImages = 256;
constexpr std::int64_t kTileTexts = 4096;
constexpr float kStruckOut = -std::numeric_limits<float>::infinity();

void check_rows(const char* name, const at::Tensor& rows, std::int64_t width) {
  check_shape("retrieval_ranks", name, rows, {kAnySize, width});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat, "retrieval_ranks: ", name, " must be float32, got ", rows.scalar_type());
  check_finite("retrieval_ranks", name, rows);
}

void check_arguments(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text, const Distractors& others) {
  check_rows("image", image, kAnySize);
  check_rows("text", text, image.size(1));
  if (others.image.defined()) check_rows("others.image", others.image, image.size(1));
  if (others.text.defined()) check_rows("others.text", others.text, image.size(1));
  check_shape("retrieval_ranks", "image_of_text", image_of_text, {text.size(0)});
  TORCH_CHECK_VALUE(image_of_text.scalar_type() == at::kLong, "retrieval_ranks: image_of_text must be int64, got ", image_of_text.scalar_type());
  TORCH_CHECK_VALUE(image.size(0) > 0, "retrieval_ranks: image must have at least one row, got ", shape_text(image));
  TORCH_CHECK_VALUE(text.size(0) > 0 && image_of_text.min().item<std::int64_t>() >= 0 && image_of_text.max().item<std::int64_t>() < image.size(0),
                    "retrieval_ranks: image_of_text must hold rows of image, 0 to ", image.size(0) - 1);
}

/// Similarity of every caption to its own picture, [M].
std::vector<float> own_similarities(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text) {
  std::vector<float> own;
  own.reserve(text.size(0));
  for (std::int64_t begin = 0; begin < text.size(0); begin += kTileTexts) {
    const std::int64_t size = std::min(kTileTexts, text.size(0) - begin);
    const at::Tensor partner = image.index_select(0, image_of_text.narrow(0, begin, size));
    const at::Tensor similarity = (partner * text.narrow(0, begin, size)).sum(1);
    own.insert(own.end(), similarity.const_data_ptr<float>(), similarity.const_data_ptr<float>() + size);
  }
  return own;
}

/// The captions of every picture, the nearest first.
class OwnTexts {
 public:
  OwnTexts(const at::Tensor& image_of_text, std::int64_t images, const std::vector<float>& own) : first_(images + 1, 0), texts_(own.size()) {
    const auto partner = image_of_text.accessor<std::int64_t, 1>();
    for (std::int64_t j = 0; j < partner.size(0); ++j) ++first_[partner[j] + 1];
    for (std::int64_t i = 0; i < images; ++i) {
      TORCH_CHECK_VALUE(first_[i + 1] > 0, "retrieval_ranks: every picture must have a caption, got none for row ", i);
      first_[i + 1] += first_[i];
    }
    std::vector<std::int64_t> next(first_.begin(), first_.end() - 1);
    for (std::int64_t j = 0; j < partner.size(0); ++j) texts_[next[partner[j]]++] = j;
    for (std::int64_t i = 0; i < images; ++i) {
      std::stable_sort(texts_.begin() + first_[i], texts_.begin() + first_[i + 1], [&](std::int64_t a, std::int64_t b) { return own[a] > own[b]; });
    }
  }

  struct Range {
    const std::int64_t* first;
    const std::int64_t* last;
    const std::int64_t* begin() const { return first; }
    const std::int64_t* end() const { return last; }
  };
  Range of(std::int64_t image) const { return {texts_.data() + first_[image], texts_.data() + first_[image + 1]}; }

 private:
  std::vector<std::int64_t> first_;
  std::vector<std::int64_t> texts_;
};

/// What all tiles together count: for caption j, the captions of other pictures at least as near to its picture, and the other
/// pictures at least as near to it.
class Counting {
 public:
  Counting(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text, const Distractors& others)
      : image_(image), text_(text), others_(others), own_(own_similarities(image, text, image_of_text)), own_texts_(image_of_text, image.size(0), own_),
        bar_(own_), texts_ahead_(own_.size(), 0), images_ahead_(own_.size(), 0) {
    for (float& bar : bar_) bar -= static_cast<float>(kTieMargin);
  }

  void run(const Progress& progress) {
    const std::int64_t bands = bands_of(image_), all = bands + (others_.image.defined() ? bands_of(others_.image) : 0);
    std::int64_t done = 0;
    for_each_batch(
        all, at::get_num_threads(), [&](std::int64_t band) { band < bands ? count_queries(band) : count_distractors(band - bands); },
        [&](std::int64_t) {
          if (progress) progress(++done, all);
        });
  }

  RetrievalRanks ranks() const {
    RetrievalRanks ranks;
    for (std::int64_t i = 0; i < image_.size(0); ++i) {
      const auto own = own_texts_.of(i);
      const auto right = static_cast<double>(own.last - own.first);
      double precision = 0, found = 0;
      for (const std::int64_t j : own) {
        const double place = ++found + static_cast<double>(texts_ahead_[j]);
        if (place <= right) precision += found / place;
      }
      ranks.image_to_text.push_back(1 + texts_ahead_[*own.first]);
      ranks.image_precision.push_back(precision / right);
    }
    for (const std::int64_t ahead : images_ahead_) ranks.text_to_image.push_back(1 + ahead);
    return ranks;
  }

 private:
  static std::int64_t bands_of(const at::Tensor& image) { return (image.size(0) + kBandImages - 1) / kBandImages; }

  static at::Tensor band_of(const at::Tensor& image, std::int64_t band) {
    return image.narrow(0, band * kBandImages, std::min(kBandImages, image.size(0) - band * kBandImages));
  }

  /// Calls visit(tile, left, columns) for each tile of `rows` against `text`; a tile is [rows, columns], its rows contiguous.
  template <typename Visit>
  static void each_tile(const at::Tensor& rows, const at::Tensor& text, const Visit& visit) {
    at::Tensor whole = at::empty({rows.size(0) * std::min(kTileTexts, text.size(0))}, rows.options());
    for (std::int64_t left = 0; left < text.size(0); left += kTileTexts) {
      const std::int64_t columns = std::min(kTileTexts, text.size(0) - left);
      at::Tensor tile = whole.narrow(0, 0, rows.size(0) * columns).view({rows.size(0), columns});
      at::mm_out(tile, rows, text.narrow(0, left, columns).t());
      visit(tile.data_ptr<float>(), left, columns);
    }
  }

  void count_queries(std::int64_t band) {
    const at::Tensor rows = band_of(image_, band);
    const std::int64_t top = band * kBandImages;
    std::vector<std::int32_t> images_ahead(own_.size(), 0);
    each_tile(rows, text_, [&](float* tile, std::int64_t left, std::int64_t columns) {
      for (std::int64_t r = 0; r < rows.size(0); ++r) {
        float* row = tile + r * columns;
        for (const std::int64_t j : own_texts_.of(top + r)) {
          if (j >= left && j < left + columns) row[j - left] = kStruckOut;
        }
        count_row(top + r, row, columns);
        add_at_least(row, bar_.data() + left, columns, images_ahead.data() + left);
      }
    });
    if (others_.text.defined()) {
      each_tile(rows, others_.text, [&](const float* tile, std::int64_t, std::int64_t columns) {
        for (std::int64_t r = 0; r < rows.size(0); ++r) count_row(top + r, tile + r * columns, columns);
      });
    }
    add_images_ahead(images_ahead);
  }

  void count_distractors(std::int64_t band) {
    const at::Tensor rows = band_of(others_.image, band);
    std::vector<std::int32_t> images_ahead(own_.size(), 0);
    each_tile(rows, text_, [&](const float* tile, std::int64_t left, std::int64_t columns) {
      for (std::int64_t r = 0; r < rows.size(0); ++r) add_at_least(tile + r * columns, bar_.data() + left, columns, images_ahead.data() + left);
    });
    add_images_ahead(images_ahead);
  }

  /// A picture's captions are counted by its own band alone, so threads do not meet here.
  void count_row(std::int64_t image, const float* row, std::int64_t columns) {
    for (const std::int64_t j : own_texts_.of(image)) texts_ahead_[j] += at_least(row, bar_[j], columns);
  }

  void add_images_ahead(const std::vector<std::int32_t>& counts) {
    const std::lock_guard lock(mutex_);
    for (std::size_t j = 0; j < counts.size(); ++j) images_ahead_[j] += counts[j];
  }

  at::Tensor image_, text_;
  Distractors others_;
  std::vector<float> own_;
  OwnTexts own_texts_;
  std::vector<float> bar_;  ///< a wrong candidate at least this similar is ahead
  std::vector<std::int64_t> texts_ahead_, images_ahead_;
  std::mutex mutex_;
};

}  // namespace

RetrievalRanks retrieval_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text, const Distractors& others,
                               const Progress& progress) {
  check_arguments(image, text, image_of_text, others);
  const c10::InferenceMode no_gradients;
  Counting counting(image.contiguous(), text.contiguous(), image_of_text.contiguous(), others);
  counting.run(progress);
  return counting.ranks();
}

}  // namespace tandem

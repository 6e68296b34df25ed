#include "tandem/retrieval/ranks.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <optional>

#include "tandem/base/shape_check.h"
#include "tandem/base/worker_batches.h"
#include "tandem/retrieval/counts.h"
#include "tandem/retrieval/list_quality.h"

namespace tandem {
namespace {

constexpr std::int64_t kBandImages = 256;
constexpr std::int64_t kTileTexts = 1536;  // A band's own captions fit one tile where pictures have five.
constexpr float kStruckOut = -std::numeric_limits<float>::infinity();

void check_rows(const char* name, const at::Tensor& rows, std::int64_t width) {
  check_shape("retrieval_ranks", name, rows, {kAnySize, width});
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat, "retrieval_ranks: ", name, " must be float32, got ",
                    rows.scalar_type());
  check_finite("retrieval_ranks", name, rows);
}

void check_arguments(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                     const Distractors& others) {
  check_rows("image", image, kAnySize);
  check_rows("text", text, image.size(1));
  if (others.image.defined()) check_rows("others.image", others.image, image.size(1));
  if (others.text.defined()) check_rows("others.text", others.text, image.size(1));
  check_shape("retrieval_ranks", "image_of_text", image_of_text, {text.size(0)});
  TORCH_CHECK_VALUE(image_of_text.scalar_type() == at::kLong, "retrieval_ranks: image_of_text must be int64, got ",
                    image_of_text.scalar_type());
  TORCH_CHECK_VALUE(image.size(0) > 0, "retrieval_ranks: image must have at least one row, got ", shape_text(image));
  TORCH_CHECK_VALUE(text.size(0) > 0 && image_of_text.min().item<std::int64_t>() >= 0 &&
                        image_of_text.max().item<std::int64_t>() < image.size(0),
                    "retrieval_ranks: image_of_text must hold rows of image, 0 to ", image.size(0) - 1);
}

/// About `most`, chosen so that equal parts of this many rows cover all of them.
std::int64_t even_size(std::int64_t rows, std::int64_t most) {
  const std::int64_t parts = (rows + most - 1) / most;
  return (rows + parts - 1) / parts;
}

/// Consecutive rows of a side. Those before `fresh` belong to the part before.
struct Part {
  at::Tensor rows;  ///< [size, D]
  std::int64_t begin = 0;
  std::int64_t fresh = 0;
  std::int64_t end = 0;
};

/// A side in parts of one size, the last of which may begin within the one before. So every product
/// that similarities come from has one shape. A library chooses its kernel, and with it the
/// precision, by the shape, and numbers that are compared must come from the same kernel.
class Parts {
 public:
  /// A side with fewer rows than `size` is filled up with zeros, which belong to no part.
  Parts(const at::Tensor& rows, std::int64_t size) : rows_(rows), all_(rows.size(0)), size_(size) {
    if (all_ < size) rows_ = at::cat({rows, at::zeros({size - all_, rows.size(1)}, rows.options())});
  }

  std::int64_t count() const { return (all_ + size_ - 1) / size_; }

  Part part(std::int64_t i) const {
    const std::int64_t fresh = i * size_;
    const std::int64_t begin = std::min(fresh, rows_.size(0) - size_);
    return {
        .rows = rows_.narrow(0, begin, size_), .begin = begin, .fresh = fresh, .end = std::min(begin + size_, all_)};
  }

 private:
  at::Tensor rows_;
  std::int64_t all_, size_;
};

/// The captions of every picture, one picture after another.
class OwnTexts {
 public:
  OwnTexts(const at::Tensor& image_of_text, std::int64_t images)
      : first_(images + 1, 0), texts_(image_of_text.size(0)) {
    const auto partner = image_of_text.accessor<std::int64_t, 1>();
    for (std::int64_t j = 0; j < partner.size(0); ++j) ++first_[partner[j] + 1];
    for (std::int64_t i = 0; i < images; ++i) {
      TORCH_CHECK_VALUE(first_[i + 1] > 0, "retrieval_ranks: every picture must have a caption, got none for row ", i);
      first_[i + 1] += first_[i];
    }
    std::vector<std::int64_t> next(first_.begin(), first_.end() - 1);
    for (std::int64_t j = 0; j < partner.size(0); ++j) texts_[next[partner[j]]++] = j;
  }

  /// Every picture's nearest first.
  void sort_by(const std::vector<float>& own) {
    for (std::size_t i = 0; i + 1 < first_.size(); ++i) {
      std::stable_sort(texts_.begin() + first_[i], texts_.begin() + first_[i + 1],
                       [&](std::int64_t a, std::int64_t b) { return own[a] > own[b]; });
    }
  }

  struct Range {
    const std::int64_t* first;
    const std::int64_t* last;
    const std::int64_t* begin() const { return first; }
    const std::int64_t* end() const { return last; }
  };
  Range of(std::int64_t image) const { return of(image, image + 1); }
  /// Of the pictures from `begin` to before `end`.
  Range of(std::int64_t begin, std::int64_t end) const {
    return {texts_.data() + first_[begin], texts_.data() + first_[end]};
  }

 private:
  std::vector<std::int64_t> first_;
  std::vector<std::int64_t> texts_;
};

/// The counts over all tiles: for caption j, the captions of other pictures at least as near to its
/// picture, and the other pictures at least as near to it.
class Counting {
 public:
  Counting(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text, const Distractors& others)
      : text_(text),
        image_of_text_(image_of_text),
        rows_(even_size(image.size(0), kBandImages)),
        columns_(even_size(text.size(0), kTileTexts)),
        bands_(image, rows_),
        tiles_(text, columns_),
        own_texts_(image_of_text, image.size(0)),
        bar_(text.size(0)),
        texts_ahead_(bar_.size(), 0),
        images_ahead_(bar_.size(), 0) {
    if (others.image.defined() && others.image.size(0) > 0) other_bands_.emplace(others.image.contiguous(), rows_);
    if (others.text.defined() && others.text.size(0) > 0) other_tiles_.emplace(others.text.contiguous(), columns_);
  }

  void run(const Progress& progress) {
    for_each_batch(bands_.count(), at::get_num_threads(), [&](std::int64_t band) { measure_own(bands_.part(band)); });
    own_texts_.sort_by(bar_);
    for (float& bar : bar_) bar -= static_cast<float>(kTieMargin);
    const std::int64_t bands = bands_.count();
    const std::int64_t all = bands + (other_bands_ ? other_bands_->count() : 0);
    std::int64_t done = 0;
    for_each_batch(
        all, at::get_num_threads(),
        [&](std::int64_t band) {
          band < bands ? count_queries(bands_.part(band)) : count_distractors(other_bands_->part(band - bands));
        },
        [&](std::int64_t) {
          if (progress) progress(++done, all);
        });
  }

  RetrievalRanks ranks(std::int64_t images) const {
    RetrievalRanks ranks;
    std::vector<std::int64_t> places;
    for (std::int64_t i = 0; i < images; ++i) {
      places.clear();
      for (const std::int64_t j : own_texts_.of(i))
        places.push_back(static_cast<std::int64_t>(places.size()) + 1 + texts_ahead_[j]);
      const ListQuality list = list_quality(places);
      ranks.image_to_text.push_back(list.rank);
      ranks.image_precision.push_back(list.precision);
      ranks.image_ndcg.push_back(list.ndcg_10);
    }
    for (const std::int64_t ahead : images_ahead_) ranks.text_to_image.push_back(1 + ahead);
    return ranks;
  }

 private:
  at::Tensor new_tile(const Part& band) const { return at::empty({rows_, columns_}, band.rows.options()); }

  /// Similarities of a band's captions to their own pictures, into bar_: from products of the shape
  /// that their rivals' come from.
  void measure_own(const Part& band) {
    const auto own = own_texts_.of(band.fresh, band.end);
    const auto partner = image_of_text_.accessor<std::int64_t, 1>();
    at::Tensor tile = new_tile(band);
    at::Tensor chosen = at::zeros({columns_}, at::kLong);
    auto* rows = chosen.mutable_data_ptr<std::int64_t>();
    for (const std::int64_t* first = own.first; first < own.last; first += columns_) {
      const std::int64_t size = std::min<std::int64_t>(columns_, own.last - first);
      std::copy(first, first + size, rows);
      at::mm_out(tile, band.rows, text_.index_select(0, chosen).t());
      const float* similarity = tile.const_data_ptr<float>();
      for (std::int64_t c = 0; c < size; ++c)
        bar_[first[c]] = similarity[(partner[first[c]] - band.begin) * columns_ + c];
    }
  }

  /// Calls visit(tile, columns) for each tile of the band against `texts`; `columns` is the part of
  /// its columns. Row r is picture band.begin + r.
  template <typename Visit>
  void each_tile(const Part& band, const Parts& texts, const Visit& visit) const {
    at::Tensor tile = new_tile(band);
    for (std::int64_t i = 0; i < texts.count(); ++i) {
      const Part part = texts.part(i);
      at::mm_out(tile, band.rows, part.rows.t());
      visit(tile.mutable_data_ptr<float>(), part);
    }
  }

  void count_queries(const Part& band) {
    std::vector<std::int32_t> images_ahead(bar_.size(), 0);
    each_tile(band, tiles_, [&](float* tile, const Part& texts) {
      const std::int64_t skipped = texts.fresh - texts.begin;
      const std::int64_t size = texts.end - texts.fresh;
      for (std::int64_t i = band.fresh; i < band.end; ++i) {
        float* row = tile + (i - band.begin) * columns_ + skipped;
        for (const std::int64_t j : own_texts_.of(i)) {
          if (j >= texts.fresh && j < texts.end) row[j - texts.fresh] = kStruckOut;
        }
        count_row(i, row, size);
        add_at_least(row, bar_.data() + texts.fresh, size, images_ahead.data() + texts.fresh);
      }
    });
    if (other_tiles_) {
      each_tile(band, *other_tiles_, [&](const float* tile, const Part& texts) {
        for (std::int64_t i = band.fresh; i < band.end; ++i)
          count_row(i, tile + (i - band.begin) * columns_ + texts.fresh - texts.begin, texts.end - texts.fresh);
      });
    }
    add_images_ahead(images_ahead);
  }

  void count_distractors(const Part& band) {
    std::vector<std::int32_t> images_ahead(bar_.size(), 0);
    each_tile(band, tiles_, [&](const float* tile, const Part& texts) {
      for (std::int64_t i = band.fresh; i < band.end; ++i) {
        add_at_least(tile + (i - band.begin) * columns_ + texts.fresh - texts.begin, bar_.data() + texts.fresh,
                     texts.end - texts.fresh, images_ahead.data() + texts.fresh);
      }
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

  at::Tensor text_, image_of_text_;
  std::int64_t rows_, columns_;  ///< of every tile
  Parts bands_, tiles_;
  std::optional<Parts> other_bands_, other_tiles_;
  OwnTexts own_texts_;
  std::vector<float> bar_;  ///< a wrong candidate at least this similar is ahead
  std::vector<std::int64_t> texts_ahead_, images_ahead_;
  std::mutex mutex_;
};

}  // namespace

RetrievalRanks retrieval_ranks(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_of_text,
                               const Distractors& others, const Progress& progress) {
  check_arguments(image, text, image_of_text, others);
  const c10::InferenceMode no_gradients;
  Counting counting(image.contiguous(), text.contiguous(), image_of_text.contiguous(), others);
  counting.run(progress);
  return counting.ranks(image.size(0));
}

}  // namespace tandem

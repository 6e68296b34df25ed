#include "tandem/index/exact_search.h"

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <thread>
#include <vector>

#include "tandem/base/shape_check.h"
#include "tandem/base/vector_clones.h"
#include "tandem/base/worker_batches.h"

namespace tandem {
namespace {

constexpr std::int64_t kQueriesPerPass = 64;
constexpr float kLowest = -std::numeric_limits<float>::infinity();

/// Float arithmetic on the bounds and on the score errs by less than this part of what it adds up.
constexpr float kRounding = 1e-6F;

/// A row that may be among the nearest, and the bounds of its score.
struct Candidate {
  float lower = 0;
  float upper = 0;
  std::int64_t row = 0;
};

struct Scored {
  float score = 0;
  float similarity = 0;
  std::int64_t row = 0;
};

bool nearer(const Scored& a, const Scored& b) { return a.score != b.score ? a.score > b.score : a.row < b.row; }

/// What one thread knows of one query: the k largest lower bounds, as a heap with the smallest of them
/// in front, and the rows that they do not rule out.
class Shortlist {
 public:
  explicit Shortlist(std::int64_t k) : k_(static_cast<std::size_t>(k)) {}

  float threshold() const { return largest_.size() < k_ ? kLowest : largest_.front(); }
  const std::vector<float>& largest() const { return largest_; }
  const std::vector<Candidate>& candidates() const { return candidates_; }

  void add(const Candidate& candidate) {
    candidates_.push_back(candidate);
    if (largest_.size() == k_) {
      if (candidate.lower <= largest_.front()) return;
      std::pop_heap(largest_.begin(), largest_.end(), std::greater<>());
      largest_.pop_back();
    }
    largest_.push_back(candidate.lower);
    std::push_heap(largest_.begin(), largest_.end(), std::greater<>());
    if (candidates_.size() >= prune_at_) prune();
  }

 private:
  void prune() {
    const float least = threshold();
    std::erase_if(candidates_, [least](const Candidate& candidate) { return candidate.upper < least; });
    prune_at_ = std::max<std::size_t>(4096, 2 * candidates_.size());
  }

  std::size_t k_;
  std::size_t prune_at_ = 4096;
  std::vector<float> largest_;
  std::vector<Candidate> candidates_;
};

/// Everything that a pass reads.
struct Pass {
  const float* rows = nullptr;
  const QuantisedRows* quantised = nullptr;
  const float* bias = nullptr;    ///< may be null
  const bool* allowed = nullptr;  ///< may be null
  std::int64_t k = 0;
  Int8Kernel kernel = Int8Kernel::kPlain;
  std::vector<std::int8_t> codes;  ///< [queries, padded width]
  std::vector<QuantisedQuery> queries;
};

/// Scores of a group's rows from their products, all too high by at most `margin` + kRounding * |bias|.
/// Returns how many reach `least`.
TANDEM_VECTOR_CLONES
std::int64_t upper_bounds(const std::int32_t* products, const float* scale, const float* bias, std::int64_t count,
                          float factor, float margin, float least, float* upper) {
  std::int32_t reached = 0;
  if (bias == nullptr) {
    for (std::int64_t i = 0; i < count; ++i) {
      upper[i] = scale[i] * factor * static_cast<float>(products[i]) + margin;
      reached += upper[i] >= least ? 1 : 0;
    }
    return reached;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    upper[i] = scale[i] * factor * static_cast<float>(products[i]) - bias[i] + (margin + kRounding * std::abs(bias[i]));
    reached += upper[i] >= least ? 1 : 0;
  }
  return reached;
}

bool any_allowed(const Pass& pass, std::int64_t begin, std::int64_t end) {
  return pass.allowed == nullptr || std::find(pass.allowed + begin, pass.allowed + end, true) != pass.allowed + end;
}

void add_candidates(const Pass& pass, const float* upper, std::int64_t begin, std::int64_t count, float margin,
                    Shortlist& shortlist) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = begin + i;
    if (upper[i] < shortlist.threshold() || (pass.allowed != nullptr && !pass.allowed[row])) continue;
    const float doubt = pass.bias == nullptr ? margin : margin + kRounding * std::abs(pass.bias[row]);
    // A little lower still, because the subtraction itself is rounded.
    const float lower = upper[i] - 2 * doubt;
    shortlist.add({.lower = lower - kRounding * std::abs(lower), .upper = upper[i], .row = row});
  }
}

/// Scans the groups from `first` to `last` for all queries of the pass.
void scan(const Pass& pass, std::int64_t first, std::int64_t last, std::vector<Shortlist>& shortlists) {
  const QuantisedRows& quantised = *pass.quantised;
  const std::int64_t width = padded_width(quantised.width);
  const auto queries = static_cast<std::int64_t>(pass.queries.size());
  const auto* scale = quantised.scale.const_data_ptr<float>();
  const auto* error = quantised.error.const_data_ptr<float>();
  const auto* length = quantised.length.const_data_ptr<float>();
  std::vector<std::int32_t> products(queries * kRowsPerGroup);
  std::vector<float> upper(kRowsPerGroup);
  for (std::int64_t group = first; group < last; ++group) {
    const std::int64_t begin = group * kRowsPerGroup;
    const std::int64_t count = std::min(kRowsPerGroup, quantised.rows - begin);
    if (!any_allowed(pass, begin, begin + count)) continue;
    const std::int64_t blocks = (count + kRowsPerBlock - 1) / kRowsPerBlock;
    int8_products(pass.kernel, quantised.codes.const_data_ptr<std::uint8_t>() + begin * width, blocks, width,
                  pass.codes.data(), queries, products.data(), kRowsPerGroup);
    for (std::int64_t q = 0; q < queries; ++q) {
      const QuantisedQuery& query = pass.queries[q];
      // |<x, y> - <x', y'>| <= |x - x'| |y| + |x'| |y - y'|
      const float margin = (error[group] * query.length + length[group] * query.error) * (1 + kRounding) +
                           kRounding * (length[group] + error[group]) * query.length;
      const std::int64_t reached =
          upper_bounds(products.data() + q * kRowsPerGroup, scale + begin, pass.bias ? pass.bias + begin : nullptr,
                       count, query.scale, margin, shortlists[q].threshold(), upper.data());
      if (reached > 0) add_candidates(pass, upper.data(), begin, count, margin, shortlists[q]);
    }
  }
}

/// Summed in double, in eight sums: products of float32 are exact in double, so that the result is the
/// same with and without fused multiplication.
TANDEM_VECTOR_CLONES
float exact_product(const float* a, const float* b, std::int64_t width) {
  double sums[8] = {};
  std::int64_t d = 0;
  for (; d + 8 <= width; d += 8) {
    for (int i = 0; i < 8; ++i) sums[i] += static_cast<double>(a[d + i]) * static_cast<double>(b[d + i]);
  }
  for (int i = 0; d + i < width; ++i) sums[i] += static_cast<double>(a[d + i]) * static_cast<double>(b[d + i]);
  const double half[4] = {sums[0] + sums[4], sums[1] + sums[5], sums[2] + sums[6], sums[3] + sums[7]};
  return static_cast<float>((half[0] + half[2]) + (half[1] + half[3]));
}

/// The nearest rows of one query out of what all threads have left over. Returns the number measured.
std::int64_t settle(const Pass& pass, const float* query, const std::vector<std::vector<Shortlist>>& of_threads,
                    std::int64_t q, float* similarity, std::int64_t* row) {
  std::vector<float> largest;
  for (const std::vector<Shortlist>& shortlists : of_threads)
    largest.insert(largest.end(), shortlists[q].largest().begin(), shortlists[q].largest().end());
  std::nth_element(largest.begin(), largest.begin() + (pass.k - 1), largest.end(), std::greater<>());
  const float least = largest[pass.k - 1];
  std::vector<Scored> scored;
  for (const std::vector<Shortlist>& shortlists : of_threads) {
    for (const Candidate& candidate : shortlists[q].candidates()) {
      if (candidate.upper < least) continue;
      const std::int64_t width = pass.quantised->width;
      const float product = exact_product(query, pass.rows + candidate.row * width, width);
      scored.push_back({.score = pass.bias == nullptr ? product : product - pass.bias[candidate.row],
                        .similarity = product,
                        .row = candidate.row});
    }
  }
  std::partial_sort(scored.begin(), scored.begin() + pass.k, scored.end(), nearer);
  for (std::int64_t i = 0; i < pass.k; ++i) {
    similarity[i] = scored[i].similarity;
    row[i] = scored[i].row;
  }
  return static_cast<std::int64_t>(scored.size());
}

void check(const at::Tensor& query, const at::Tensor& rows, const QuantisedRows& quantised, std::int64_t k,
           const ExactSearchOptions& options) {
  check_shape("exact_search", "rows", rows, {quantised.rows, quantised.width});
  check_shape("exact_search", "query", query, {kAnySize, quantised.width});
  check_finite("exact_search", "query", query);
  TORCH_CHECK_VALUE(query.size(0) > 0 && k >= 1, "exact_search: at least one query and k >= 1 were needed, got query ",
                    shape_text(query), ", k ", k);
  TORCH_CHECK_VALUE(rows.scalar_type() == at::kFloat && rows.is_contiguous() && rows.is_cpu(),
                    "exact_search: rows must be float32, contiguous and on the CPU");
  if (options.bias) {
    check_shape("exact_search", "bias", *options.bias, {quantised.rows});
    check_finite("exact_search", "bias", *options.bias);
  }
  if (options.allowed) check_shape("exact_search", "allowed", *options.allowed, {quantised.rows});
}

}  // namespace

ExactSearch exact_search(const at::Tensor& query, const at::Tensor& rows, const QuantisedRows& quantised,
                         std::int64_t k, const ExactSearchOptions& options) {
  check(query, rows, quantised, k, options);
  const at::Tensor asked = query.to(at::kFloat).contiguous();
  const at::Tensor bias = options.bias ? options.bias->to(at::kFloat).contiguous() : at::Tensor();
  const at::Tensor allowed = options.allowed ? options.allowed->to(at::kBool).contiguous() : at::Tensor();
  const std::int64_t candidates = allowed.defined() ? allowed.sum().item<std::int64_t>() : quantised.rows;
  TORCH_CHECK_VALUE(candidates > 0, "exact_search: at least one allowed row was needed, got none");

  Pass pass{.rows = rows.const_data_ptr<float>(),
            .quantised = &quantised,
            .bias = bias.defined() ? bias.const_data_ptr<float>() : nullptr,
            .allowed = allowed.defined() ? allowed.const_data_ptr<bool>() : nullptr,
            .k = std::min(k, candidates),
            .codes = {},
            .queries = {}};
  const std::int64_t groups = quantised.error.size(0);
  const auto cores = static_cast<std::int64_t>(std::max(1U, std::thread::hardware_concurrency()));
  const std::int64_t threads = std::min(groups, options.threads > 0 ? std::int64_t{options.threads} : cores);
  ExactSearch answer{.nearest = {.similarity = at::empty({asked.size(0), pass.k}, at::kFloat),
                                 .row = at::empty({asked.size(0), pass.k}, at::kLong)}};
  auto* similarity = answer.nearest.similarity.data_ptr<float>();
  auto* row = answer.nearest.row.data_ptr<std::int64_t>();
  const auto* values = asked.const_data_ptr<float>();
  const std::int64_t padded = padded_width(quantised.width);
  for (std::int64_t begin = 0; begin < asked.size(0); begin += kQueriesPerPass) {
    const std::int64_t count = std::min(kQueriesPerPass, asked.size(0) - begin);
    pass.kernel = options.kernel.value_or(best_int8_kernel(count));
    pass.codes.resize(count * padded);
    pass.queries.clear();
    for (std::int64_t q = 0; q < count; ++q)
      pass.queries.push_back(
          quantise_query(values + (begin + q) * quantised.width, quantised.width, pass.codes.data() + q * padded));
    std::vector<std::vector<Shortlist>> of_threads(threads, std::vector<Shortlist>(count, Shortlist(pass.k)));
    for_each_batch(threads, static_cast<int>(threads), [&](std::int64_t thread) {
      scan(pass, groups * thread / threads, groups * (thread + 1) / threads, of_threads[thread]);
    });
    for (std::int64_t q = 0; q < count; ++q) {
      answer.remeasured += settle(pass, values + (begin + q) * quantised.width, of_threads, q,
                                  similarity + (begin + q) * pass.k, row + (begin + q) * pass.k);
    }
  }
  return answer;
}

}  // namespace tandem

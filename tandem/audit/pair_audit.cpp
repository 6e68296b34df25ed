#include "tandem/audit/pair_audit.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/var_mean.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tandem/audit/mismatched_captions.h"

namespace tandem {
namespace {

/// Number of permutations of the captions, so that rare kinds of mismatch are in the sample too.
constexpr std::uint64_t kMismatchRounds = 4;

/// One gallery with all its measurements.
struct MeasuredGallery {
  const JudgedGallery& judged;
  GalleryStatistics statistics;
  at::Tensor own, mismatched;          ///< evidence
  at::Tensor text_lists, image_lists;  ///< k-occurrences
};

std::int64_t most_captions(const at::Tensor& image_of_text) {
  return at::bincount(image_of_text).max().item<std::int64_t>();
}

MeasuredGallery measure(const JudgedGallery& judged, const PairAuditOptions& options) {
  const AuditGallery& gallery = judged.gallery;
  // Long enough for the suggestions after a picture's own captions.
  const std::int64_t k = std::max(
      options.neighbours, options.suggestions + std::min<std::int64_t>(most_captions(gallery.image_of_text), 100));
  GalleryStatistics statistics = gallery_statistics(gallery, k);
  const at::Tensor own = pair_evidence(gallery, statistics, at::arange(gallery.text.size(0), at::kLong));
  std::vector<at::Tensor> mismatched;
  for (std::uint64_t round = 0; round < kMismatchRounds; ++round) {
    mismatched.push_back(pair_evidence(
        gallery, statistics, mismatched_captions(gallery.image_of_text, options.seed * kMismatchRounds + round)));
  }
  const auto lists = [&](const SideStatistics& side, std::int64_t rows) {
    return at::bincount(side.nearest.narrow(1, 0, std::min(options.neighbours, side.nearest.size(1))).reshape({-1}), {},
                        rows);
  };
  at::Tensor text_lists = lists(statistics.image, gallery.text.size(0));
  at::Tensor image_lists = lists(statistics.text, gallery.image.size(0));
  return {.judged = judged,
          .statistics = std::move(statistics),
          .own = own,
          .mismatched = at::cat(mismatched),
          .text_lists = std::move(text_lists),
          .image_lists = std::move(image_lists)};
}

at::Tensor joined(const std::vector<MeasuredGallery>& galleries,
                  const std::function<at::Tensor(const MeasuredGallery&)>& part) {
  std::vector<at::Tensor> parts;
  for (const MeasuredGallery& gallery : galleries) parts.push_back(part(gallery));
  return at::cat(parts);
}

double upper_fence(const at::Tensor& counts) {
  const at::Tensor rising = std::get<0>(at::sort(counts.to(at::kDouble)));
  const auto quartile = [&](double share) {
    const double place = share * static_cast<double>(rising.size(0) - 1);
    const auto below = static_cast<std::int64_t>(place);
    const double low = rising[below].item<double>();
    const double high = rising[std::min(below + 1, rising.size(0) - 1)].item<double>();
    return low + (place - static_cast<double>(below)) * (high - low);
  };
  return quartile(0.75) + 1.5 * (quartile(0.75) - quartile(0.25));
}

double hub_limit(const at::Tensor& counts) {
  const auto [variance, mean] = at::var_mean(counts.to(at::kDouble), /*unbiased=*/false);
  return mean.item<double>() + 2 * std::sqrt(variance.item<double>());
}

/// The first few rows of a list of nearest that belong to others, as rows of the whole data set.
std::vector<std::int64_t> others(const at::TensorAccessor<std::int64_t, 1>& nearest, std::int64_t count,
                                 const std::vector<std::int64_t>& whole, const std::function<bool(std::int64_t)>& own) {
  std::vector<std::int64_t> rows;
  for (std::int64_t place = 0; place < nearest.size(0) && static_cast<std::int64_t>(rows.size()) < count; ++place) {
    if (!own(nearest[place])) rows.push_back(whole[nearest[place]]);
  }
  return rows;
}

Verdict verdict_on(const JudgedPair& pair, const PairAuditLimits& limits) {
  const auto above = [](std::int64_t count, double limit) { return static_cast<double>(count) > limit; };
  if (pair.log_odds > 0) return Verdict::kWrongCaption;
  if (above(pair.caption_in_lists, limits.caption_in_lists) || above(pair.picture_in_lists, limits.picture_in_lists))
    return Verdict::kHub;
  if (above(pair.others_as_near, limits.others_as_near) || pair.has_twin) return Verdict::kAmbiguous;
  return Verdict::kAligned;
}

void judge(const MeasuredGallery& measured, const at::Tensor& log_odds, const std::vector<std::int64_t>& twin_of_text,
           const PairAuditOptions& options, PairAudit& audit) {
  const auto partner = measured.judged.gallery.image_of_text.accessor<std::int64_t, 1>();
  const auto odds = log_odds.accessor<double, 1>();
  const auto evidence = measured.own.accessor<double, 2>();
  const auto as_near = measured.statistics.text.as_near.accessor<std::int64_t, 1>();
  const auto text_lists = measured.text_lists.accessor<std::int64_t, 1>();
  const auto image_lists = measured.image_lists.accessor<std::int64_t, 1>();
  const auto captions = measured.statistics.image.nearest.accessor<std::int64_t, 2>();
  const auto pictures = measured.statistics.text.nearest.accessor<std::int64_t, 2>();
  const std::vector<std::int64_t>&image_rows = measured.judged.image_rows, &text_rows = measured.judged.text_rows;
  for (std::int64_t j = 0; j < log_odds.size(0); ++j) {
    const std::int64_t i = partner[j];
    JudgedPair pair{.image = image_rows[i],
                    .text = text_rows[j],
                    .log_odds = odds[j],
                    .similarity = evidence[j][0],
                    .others_as_near = as_near[j],
                    .caption_in_lists = text_lists[j],
                    .picture_in_lists = image_lists[i],
                    .has_twin = twin_of_text[text_rows[j]] >= 0,
                    .other_captions = others(captions[i], options.suggestions, text_rows,
                                             [&](std::int64_t text) { return partner[text] == i; }),
                    .other_pictures = others(pictures[j], options.suggestions, image_rows,
                                             [i](std::int64_t image) { return image == i; })};
    pair.verdict = verdict_on(pair, audit.limits);
    audit.pairs.push_back(std::move(pair));
  }
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAmbiguous:
      return "ambiguous";
    case Verdict::kHub:
      return "hub";
    case Verdict::kWrongCaption:
      return "wrong caption";
    default:
      return "aligned";
  }
}

PairAudit audit_pairs(const std::vector<JudgedGallery>& galleries, const std::vector<std::int64_t>& twin_of_text,
                      const PairAuditOptions& options) {
  TORCH_CHECK_VALUE(!galleries.empty(), "audit_pairs: at least one gallery was needed, got none");
  std::vector<MeasuredGallery> measured;
  for (const JudgedGallery& gallery : galleries) measured.push_back(measure(gallery, options));
  PairAudit audit{.model =
                      fit_mismatch_model(joined(measured, [](const auto& gallery) { return gallery.own; }),
                                         joined(measured, [](const auto& gallery) { return gallery.mismatched; }))};
  audit.limits = {
      .others_as_near =
          upper_fence(joined(measured, [](const auto& gallery) { return gallery.statistics.text.as_near; })),
      .caption_in_lists = hub_limit(joined(measured, [](const auto& gallery) { return gallery.text_lists; })),
      .picture_in_lists = hub_limit(joined(measured, [](const auto& gallery) { return gallery.image_lists; }))};
  std::int64_t begin = 0;
  for (const MeasuredGallery& gallery : measured) {
    judge(gallery, audit.model.log_odds.narrow(0, begin, gallery.own.size(0)), twin_of_text, options, audit);
    begin += gallery.own.size(0);
  }
  std::sort(audit.pairs.begin(), audit.pairs.end(), [](const JudgedPair& a, const JudgedPair& b) {
    return a.log_odds != b.log_odds ? a.log_odds > b.log_odds : a.text < b.text;
  });
  return audit;
}

}  // namespace tandem

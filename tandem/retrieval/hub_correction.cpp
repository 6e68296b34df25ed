#include "tandem/retrieval/hub_correction.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/topk.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <algorithm>
#include <array>

#include "tandem/base/row_tiles.h"
#include "tandem/base/shape_check.h"
#include "tandem/retrieval/recall.h"

namespace tandem {
namespace {

constexpr std::array<std::int64_t, 8> kNeighbours = {1, 2, 4, 8, 16, 32, 64, 128};
constexpr std::array kAlphas = {0.25, 0.5, 0.75, 1.0, 1.25, 1.5};
constexpr std::array kInverseTemperatures = {5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0};
constexpr double kCslsStrength = 0.5;

void check_sides(const at::Tensor& gallery, const at::Tensor& bank) {
  check_shape("hub_bias", "gallery", gallery, {kAnySize, kAnySize});
  check_shape("hub_bias", "bank", bank, {kAnySize, gallery.size(1)});
  check_finite("hub_bias", "gallery", gallery);
  check_finite("hub_bias", "bank", bank);
  TORCH_CHECK_VALUE(gallery.size(0) > 0 && bank.size(0) > 0,
                    "hub_bias: candidates and a bank were needed, got gallery ", shape_text(gallery), ", bank ",
                    shape_text(bank));
}

/// The k largest similarities of every candidate to the bank, descending, [N, k]; all of them if
/// the bank has fewer.
at::Tensor largest_similarities(const at::Tensor& gallery, const at::Tensor& bank, std::int64_t k) {
  const std::int64_t kept = std::min(k, bank.size(0));
  at::Tensor largest = at::empty({gallery.size(0), kept});
  for_each_row_tile(gallery.size(0), bank.size(0), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = at::matmul(gallery.narrow(0, begin, size), bank.t());
    largest.narrow(0, begin, size).copy_(std::get<0>(at::topk(tile, kept, /*dim=*/1)));
  });
  return largest;
}

at::Tensor mean_of_first(const at::Tensor& largest, std::int64_t k) {
  return largest.narrow(1, 0, std::min(k, largest.size(1))).mean(1);
}

at::Tensor log_mass(const at::Tensor& gallery, const at::Tensor& bank, double strength) {
  at::Tensor mass = at::empty({gallery.size(0)});
  for_each_row_tile(gallery.size(0), bank.size(0), [&](std::int64_t begin, std::int64_t size) {
    const at::Tensor tile = at::matmul(gallery.narrow(0, begin, size), bank.t());
    mass.narrow(0, begin, size).copy_(at::logsumexp(tile * strength, 1) / strength);
  });
  return mass;
}

double mean_recall_of(const std::vector<std::int64_t>& ranks) {
  return (recall_at(ranks, 1) + recall_at(ranks, 5) + recall_at(ranks, 10)) / 3;
}

std::vector<HubCorrection> candidates_of(CorrectionMethod method) {
  std::vector<HubCorrection> list;
  if (method == CorrectionMethod::kInvertedSoftmax) {
    for (const double strength : kInverseTemperatures) list.push_back({.method = method, .k = 0, .strength = strength});
    return list;
  }
  for (const std::int64_t k : kNeighbours) {
    if (method == CorrectionMethod::kCsls) {
      list.push_back({.method = method, .k = k, .strength = kCslsStrength});
    } else {
      for (const double alpha : kAlphas) list.push_back({.method = method, .k = k, .strength = alpha});
    }
  }
  return list;
}

}  // namespace

std::string_view correction_name(CorrectionMethod method) {
  if (method == CorrectionMethod::kNnn) return "nnn";
  return method == CorrectionMethod::kCsls ? "csls" : "inverted-softmax";
}

std::optional<CorrectionMethod> correction_named(std::string_view name) {
  for (const CorrectionMethod method : all_corrections()) {
    if (correction_name(method) == name) return method;
  }
  return std::nullopt;
}

std::vector<CorrectionMethod> all_corrections() {
  return {CorrectionMethod::kNnn, CorrectionMethod::kCsls, CorrectionMethod::kInvertedSoftmax};
}

at::Tensor hub_bias(const at::Tensor& gallery, const at::Tensor& bank, const HubCorrection& correction) {
  check_sides(gallery, bank);
  const c10::InferenceMode no_gradients;
  if (correction.method == CorrectionMethod::kInvertedSoftmax) {
    TORCH_CHECK_VALUE(correction.strength > 0, "hub_bias: the inverted softmax's strength must be above 0, got ",
                      correction.strength);
    return log_mass(gallery, bank, correction.strength);
  }
  TORCH_CHECK_VALUE(correction.k >= 1, "hub_bias: k must be at least 1, got ", correction.k);
  const double strength = correction.method == CorrectionMethod::kCsls ? kCslsStrength : correction.strength;
  return strength * mean_of_first(largest_similarities(gallery, bank, correction.k), correction.k);
}

BiasedEmbeddings with_biases(const at::Tensor& image, const at::Tensor& text, const at::Tensor& image_bias,
                             const at::Tensor& text_bias) {
  check_shape("with_biases", "image", image, {kAnySize, kAnySize});
  check_shape("with_biases", "text", text, {kAnySize, image.size(1)});
  check_shape("with_biases", "image_bias", image_bias, {image.size(0)});
  check_shape("with_biases", "text_bias", text_bias, {text.size(0)});
  const at::Tensor of_image = image_bias.unsqueeze(1);
  const at::Tensor of_text = text_bias.unsqueeze(1);
  return {.image = at::cat({image, -of_image, at::ones_like(of_image)}, 1),
          .text = at::cat({text, at::ones_like(of_text), -of_text}, 1)};
}

CorrectionPair choose_correction(const CorrectionChoice& on, CorrectionMethod method, const Progress& progress) {
  check_sides(on.image, on.text_bank);
  check_sides(on.text, on.image_bank);
  const bool by_neighbours = method != CorrectionMethod::kInvertedSoftmax;
  at::Tensor near_image, near_text;  // One pass over the banks serves every k.
  if (by_neighbours) {
    const c10::InferenceMode no_gradients;
    near_image = largest_similarities(on.image, on.text_bank, kNeighbours.back());
    near_text = largest_similarities(on.text, on.image_bank, kNeighbours.back());
  }
  const auto bias = [&](const at::Tensor& near, const at::Tensor& gallery, const at::Tensor& bank,
                        const HubCorrection& correction) {
    return by_neighbours ? correction.strength * mean_of_first(near, correction.k)
                         : hub_bias(gallery, bank, correction);
  };
  const std::vector<HubCorrection> candidates = candidates_of(method);
  CorrectionPair best;
  double best_of_image = -1, best_of_text = -1;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    // A direction's ranks depend only on its candidates' biases, so one pass evaluates the same
    // correction in both directions.
    const BiasedEmbeddings corrected =
        with_biases(on.image, on.text, bias(near_image, on.image, on.text_bank, candidates[i]),
                    bias(near_text, on.text, on.image_bank, candidates[i]));
    const RetrievalRanks ranks = retrieval_ranks(corrected.image, corrected.text, on.image_of_text);
    if (const double recall = mean_recall_of(ranks.text_to_image); recall > best_of_image) {
      best_of_image = recall;
      best.image = candidates[i];
    }
    if (const double recall = mean_recall_of(ranks.image_to_text); recall > best_of_text) {
      best_of_text = recall;
      best.text = candidates[i];
    }
    if (progress) progress(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(candidates.size()));
  }
  return best;
}

}  // namespace tandem

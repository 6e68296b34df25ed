#include "tandem/model/ensemble_weights.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>

#include <cmath>
#include <cstdint>
#include <numeric>

#include "tandem/retrieval/recall.h"

namespace tandem {
namespace {

constexpr int kSteps = 6;  // of the square root of 2, either way
constexpr int kRounds = 3;

}  // namespace

DevEmbeddings side_by_side(const std::vector<DevEmbeddings>& runs, const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<at::Tensor> image, text;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double factor = std::sqrt(weights[i] / sum);
    image.push_back(runs[i].image * factor);
    text.push_back(runs[i].text * factor);
  }
  return {.image = at::cat(image, 1), .text = at::cat(text, 1)};
}

double weighted_recall(const std::vector<DevEmbeddings>& runs, const std::vector<double>& weights,
                       const at::Tensor& image_of_text) {
  const DevEmbeddings together = side_by_side(runs, weights);
  return mean_recall(retrieval_ranks(together.image, together.text, image_of_text));
}

ChosenWeights weights_chosen_on_dev(const std::vector<DevEmbeddings>& runs, std::vector<double> start,
                                    const at::Tensor& image_of_text, const Progress& progress) {
  ChosenWeights best{.weights = std::move(start)};
  best.recall = weighted_recall(runs, best.weights, image_of_text);
  std::int64_t tried = 0;
  const std::int64_t most = static_cast<std::int64_t>(runs.size() - 1) * 2 * kSteps * kRounds;
  bool better = true;
  for (int round = 0; round < kRounds && better; ++round) {
    better = false;
    for (std::size_t i = 1; i < runs.size(); ++i) {
      const std::vector<double> from = best.weights;
      for (int step = -kSteps; step <= kSteps; ++step) {
        if (step == 0) continue;
        std::vector<double> weights = from;
        weights[i] *= std::pow(2, 0.5 * step);
        const double recall = weighted_recall(runs, weights, image_of_text);
        if (recall > best.recall) best = {.weights = std::move(weights), .recall = recall}, better = true;
        if (progress) progress(++tried, most);
      }
    }
  }
  if (progress) progress(most, most);
  return best;
}

}  // namespace tandem

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include "tandem/training/chance_streams.h"
#include "tandem/training/training_step.h"
#include "training/toy_pairs.h"

using namespace tandem;

namespace {

struct Gradients {
  double loss = 0;
  std::vector<at::Tensor> of;  ///< all parameters, log_scale and bias at the end
};

std::vector<at::Tensor> parameters_of(const TrainingState& state) {
  std::vector<at::Tensor> all = state.image.parameters();
  for (const at::Tensor& parameter : state.text.parameters()) all.push_back(parameter);
  for (const at::Tensor& parameter : {state.log_scale, state.bias}) {
    if (parameter.defined() && parameter.requires_grad()) all.push_back(parameter);
  }
  return all;
}

Gradients gradients_of(const TrainingState& state, double loss) {
  Gradients gradients{.loss = loss};
  for (const at::Tensor& parameter : parameters_of(state)) gradients.of.push_back(parameter.grad().clone());
  return gradients;
}

/// By one graph from the features to the loss.
Gradients direct(const TrainingPairs& pairs, const at::Tensor& texts, const TrainOptions& options) {
  TrainingState state = fresh_state(pairs, options);
  const at::Tensor images = pairs.image_of_text.index_select(0, texts);
  const at::Tensor image_features = pairs.image.index_select(0, images);
  const at::Tensor text_features = pairs.text.index_select(0, texts);
  const at::Tensor image =
      state.image.embed(image_features, RowChance{.seed = mixed_seed(options.seed, kImageStepStream, 0)});
  const at::Tensor text =
      state.text.embed(text_features, RowChance{.seed = mixed_seed(options.seed, kTextStepStream, 0)});
  const at::Tensor loss =
      contrastive_loss(options.loss, {.image = image, .text = text, .log_scale = state.log_scale, .image_id = images},
                       {.bias = state.bias, .image_features = image_features, .text_features = text_features});
  loss.backward();
  return gradients_of(state, loss.item<double>());
}

void check_equal(const Gradients& one, const Gradients& other) {
  CHECK(one.loss == doctest::Approx(other.loss).epsilon(1e-5));
  REQUIRE(one.of.size() == other.of.size());
  for (std::size_t i = 0; i < one.of.size(); ++i) {
    CAPTURE(i);
    CHECK((one.of[i] - other.of[i]).abs().max().item<double>() <= 1e-5 * other.of[i].abs().max().item<double>());
  }
}

TrainOptions noisy_options(LossKind kind) {
  TrainOptions options = tests::toy_options();
  options.loss.kind = kind;
  options.batch_size = 150;
  return options;
}

}  // namespace

TEST_CASE("cached gradients equal those of one graph for every loss, noise and dropout included") {
  const PairedFeatures features = tests::toy_pairs(90, 10);
  for (const std::string& name : loss_names()) {
    CAPTURE(name);
    TrainOptions options = noisy_options(*loss_named(name));
    const TrainingPairs pairs = training_pairs(features, options);
    const at::Tensor texts = epoch_order(pairs, options, 1).narrow(0, 0, 150);
    const Gradients expected = direct(pairs, texts, options);
    for (const std::int64_t chunk : {64, 1000}) {  // 64 does not divide 150
      options.chunk_size = chunk;
      TrainingState state = fresh_state(pairs, options);
      const double loss = loss_and_gradients(state, pairs, texts, options, {});
      check_equal(gradients_of(state, loss), expected);
    }
  }
}

TEST_CASE("processes that share a batch have the gradients of one") {
  const TrainOptions options = noisy_options(LossKind::kInfoNce);
  const TrainingPairs pairs = training_pairs(tests::toy_pairs(90, 10), options);
  const at::Tensor texts = epoch_order(pairs, options, 1).narrow(0, 0, 150);
  const Gradients expected = direct(pairs, texts, options);
  for (const std::int64_t count : {2, 4}) {
    // Played one after the other: a first round only embeds, and a second has what the first left.
    std::vector<std::vector<at::Tensor>> embedded(2);
    for (std::int64_t rank = 0; rank < count; ++rank) {
      std::size_t side = 0;
      TrainingState state = fresh_state(pairs, options);
      Peers peers{.rank = rank, .count = count};
      peers.gather_rows = [&](const at::Tensor& own, std::int64_t rows) {
        CHECK(own.size(0) == row_share(rows, rank, count).rows);
        embedded[side++].push_back(own);
        return own.new_zeros({rows, own.size(1)});
      };
      loss_and_gradients(state, pairs, texts, options, peers);
    }
    Gradients sum;
    for (std::int64_t rank = 0; rank < count; ++rank) {
      std::size_t side = 0;
      TrainingState state = fresh_state(pairs, options);
      Peers peers{.rank = rank, .count = count};
      peers.gather_rows = [&](const at::Tensor&, std::int64_t) { return at::cat(embedded[side++]); };
      const double loss = loss_and_gradients(state, pairs, texts, options, peers);
      const Gradients own = gradients_of(state, loss);
      if (rank == 0) {
        sum = own;
        continue;
      }
      for (std::size_t i = 0; i + 1 < own.of.size(); ++i) sum.of[i] += own.of[i];
      CHECK(at::equal(own.of.back(), sum.of.back()));  // log_scale: every process has the whole of it
    }
    check_equal(sum, expected);
  }
}

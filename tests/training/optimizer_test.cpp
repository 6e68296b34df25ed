#include "tandem/training/optimizer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sign.h>
#include <ATen/ops/zeros_like.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>
#include <torch/optim/adamw.h>

using namespace tandem;

namespace {

at::Tensor random(at::IntArrayRef sizes, std::uint64_t seed) {
  return at::randn(sizes, at::detail::createCPUGenerator(seed), at::TensorOptions());
}

}  // namespace

TEST_CASE("AdamW takes the steps of LibTorch's and decays matrices alone") {
  std::vector<at::Tensor> ours, theirs;
  for (const auto& sizes : {std::vector<std::int64_t>{17, 9}, {9}, {}}) {
    ours.push_back(random(sizes, sizes.size()).requires_grad_());
    theirs.push_back(ours.back().detach().clone().requires_grad_());
  }
  Optimizer optimizer(ours, {.weight_decay = 0.1});
  const auto group = [&](std::vector<at::Tensor> parameters, double decay) {
    auto settings = std::make_unique<torch::optim::AdamWOptions>(0.01);
    settings->weight_decay(decay);
    return torch::optim::OptimizerParamGroup(std::move(parameters), std::move(settings));
  };
  torch::optim::AdamW reference({group({theirs[0]}, 0.1), group({theirs[1], theirs[2]}, 0)},
                                torch::optim::AdamWOptions(0.01));
  for (std::uint64_t step = 1; step <= 20; ++step) {
    const double rate = 0.01 * static_cast<double>(step % 5 + 1);
    for (auto& options : reference.param_groups()) options.options().set_lr(rate);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const at::Tensor gradient = random(ours[i].sizes(), 100 * step + i);
      ours[i].mutable_grad() = gradient.clone();
      theirs[i].mutable_grad() = gradient.clone();
    }
    optimizer.step(rate);
    reference.step();
    for (std::size_t i = 0; i < ours.size(); ++i) {
      CHECK((ours[i] - theirs[i]).abs().max().item<double>() < 1e-6 * static_cast<double>(step));
    }
  }
  optimizer.zero_grad();
  CHECK(!ours[0].grad().defined());
  CHECK_THROWS_AS(optimizer.step(0.01), c10::ValueError);
}

TEST_CASE("Lion equals its definition") {
  at::Tensor ours = random({33, 9}, 1).requires_grad_();
  at::Tensor theirs = ours.detach().clone();
  at::Tensor moment = at::zeros_like(theirs);
  Optimizer optimizer({ours}, {.kind = OptimizerKind::kLion, .weight_decay = 0.5});
  for (std::uint64_t step = 1; step <= 10; ++step) {
    const at::Tensor gradient = random({33, 9}, 100 + step);
    ours.mutable_grad() = gradient.clone();
    optimizer.step(0.01);
    theirs = theirs - 0.01 * (at::sign(moment * 0.9 + gradient * 0.1) + theirs * 0.5);
    moment = moment * 0.99 + gradient * 0.01;
    CHECK((ours - theirs).abs().max().item<double>() < 1e-5);
  }
}

TEST_CASE("an optimizer goes on from the memory of another") {
  for (const OptimizerKind kind : {OptimizerKind::kAdamW, OptimizerKind::kLion}) {
    at::Tensor one = random({7, 3}, 1).requires_grad_();
    Optimizer first({one}, {.kind = kind});
    const auto step = [](Optimizer& optimizer, at::Tensor& parameter, std::uint64_t seed) {
      parameter.mutable_grad() = random({7, 3}, seed);
      optimizer.step(0.01);
    };
    step(first, one, 2);
    at::Tensor other = one.detach().clone().requires_grad_();
    Optimizer second({other}, {.kind = kind});
    const auto from = first.memory();
    const auto to = second.memory();
    REQUIRE(from.size() == to.size());
    for (std::size_t i = 0; i < from.size(); ++i) to[i].second.copy_(from[i].second);
    step(first, one, 3);
    step(second, other, 3);
    CHECK(at::equal(one, other));
  }
}

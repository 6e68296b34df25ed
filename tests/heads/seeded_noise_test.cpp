#include "tandem/heads/seeded_noise.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <cmath>

using namespace tandem;

namespace {

at::Generator chance(std::uint64_t seed) { return at::detail::createCPUGenerator(seed); }

template <typename Make>
void check_same_for_any_threads(const Make& make) {
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  at::Generator one = chance(7);
  const at::Tensor first = make(one), second = make(one);
  at::set_num_threads(2);
  at::Generator two = chance(7);
  CHECK(at::equal(first, make(two)));
  CHECK(at::equal(second, make(two)));
  at::set_num_threads(before);
  CHECK(!at::equal(first, second));
}

}  // namespace

TEST_CASE("normal noise has the moments and the tails of the normal distribution") {
  at::Generator generator = chance(1);
  const at::Tensor noise = normal_noise({1000, 300}, 0.5, generator) / 0.5;  // Parts of 65,536 values do not divide it.
  CHECK(noise.mean().item<double>() == doctest::Approx(0).scale(1).epsilon(0.01));
  CHECK(noise.std().item<double>() == doctest::Approx(1).epsilon(0.01));
  CHECK(noise.pow(4).mean().item<double>() == doctest::Approx(3).epsilon(0.03));
  CHECK((noise.abs() > 2).to(at::kFloat).mean().item<double>() == doctest::Approx(0.0455).epsilon(0.05));
}

TEST_CASE("the parts of a noise tensor are strangers to one another") {
  at::Generator generator = chance(1);
  const at::Tensor parts = normal_noise({8, 1 << 16}, 1, generator);
  const at::Tensor correlation = parts.matmul(parts.t()) / (1 << 16);
  CHECK((correlation.fill_diagonal_(0)).abs().max().item<double>() < 0.02);
}

TEST_CASE("the dropout factor drops its share and keeps the mean") {
  at::Generator generator = chance(2);
  const at::Tensor factor = dropout_factor({1000, 300}, 0.6, generator);
  CHECK((factor == 0).to(at::kFloat).mean().item<double>() == doctest::Approx(0.6).epsilon(0.01));
  CHECK(factor.max().item<double>() == doctest::Approx(2.5));
  CHECK((factor == 0).logical_or(factor == factor.max()).all().item<bool>());
  CHECK(factor.mean().item<double>() == doctest::Approx(1).epsilon(0.01));
}

TEST_CASE("noise does not depend on the number of threads and moves its generator on") {
  check_same_for_any_threads([](at::Generator& generator) { return normal_noise({300, 700}, 1, generator); });
  check_same_for_any_threads([](at::Generator& generator) { return dropout_factor({300, 700}, 0.5, generator); });
}

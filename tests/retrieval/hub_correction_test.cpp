#include "tandem/retrieval/hub_correction.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/norm.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tandem/retrieval/hubness.h"
#include "tandem/retrieval/recall.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using namespace tandem;

namespace {

at::Tensor unit(const at::Tensor& rows) { return rows / rows.norm(2, {1}, true); }
at::Tensor random(std::int64_t rows, std::int64_t width, std::uint64_t seed) {
  return at::randn({rows, width}, at::detail::createCPUGenerator(seed));
}

SafetensorsFile reference() {
  return SafetensorsFile::open(tests::reference_dir() / "analysis" / "analysis.safetensors");
}

/// The mean of the k largest similarities of one row to the bank.
double mean_of_largest(const at::Tensor& row, const at::Tensor& bank, std::size_t k) {
  std::vector<double> s;
  for (std::int64_t q = 0; q < bank.size(0); ++q) s.push_back(row.dot(bank[q]).item<double>());
  std::sort(s.begin(), s.end(), std::greater<>());
  s.resize(std::min(k, s.size()));
  double sum = 0;
  for (const double one : s) sum += one;
  return sum / static_cast<double>(s.size());
}

/// Pictures of which some are near to everything, and captions of them.
struct HubbyData {
  at::Tensor image, text, pairs, text_bank, image_bank;
};

HubbyData hubby() {
  const at::Tensor direction = random(1, 10, 9);
  const at::Tensor cause = random(60, 10, 1);
  const at::Tensor train = random(200, 10, 4);
  at::Tensor pull = at::zeros({60, 1});
  pull.narrow(0, 0, 12).fill_(1.5);  // Twelve pictures lie towards where all captions are.
  const at::Tensor pairs = at::arange(120, at::kLong).floor_divide(2);
  return {.image = unit(cause + pull * direction),
          .text = unit(cause.index_select(0, pairs) + 0.5 * random(120, 10, 2) + direction),
          .pairs = pairs,
          .text_bank = unit(train + 0.5 * random(200, 10, 3) + direction),
          .image_bank = unit(train)};
}

}  // namespace

TEST_CASE("biases equal their definitions, also with a bank smaller than k") {
  const at::Tensor gallery = unit(random(37, 6, 1));
  const at::Tensor bank = unit(random(53, 6, 2));
  const at::Tensor nnn = hub_bias(gallery, bank, {.method = CorrectionMethod::kNnn, .k = 7, .strength = 0.6});
  const at::Tensor csls = hub_bias(gallery, bank, {.method = CorrectionMethod::kCsls, .k = 100, .strength = 3});
  const at::Tensor inverted = hub_bias(gallery, bank, {.method = CorrectionMethod::kInvertedSoftmax, .strength = 12});
  for (std::int64_t i = 0; i < 37; ++i) {
    double mass = 0;
    for (std::int64_t q = 0; q < 53; ++q) mass += std::exp(12 * gallery[i].dot(bank[q]).item<double>());
    CHECK(nnn[i].item<double>() == doctest::Approx(0.6 * mean_of_largest(gallery[i], bank, 7)).epsilon(1e-5));
    CHECK(csls[i].item<double>() == doctest::Approx(0.5 * mean_of_largest(gallery[i], bank, 100)).epsilon(1e-5));
    CHECK(inverted[i].item<double>() == doctest::Approx(std::log(mass) / 12).epsilon(1e-5));
  }
}

TEST_CASE("biases and the ranks they give equal NumPy's with the papers' whole formulas") {
  const SafetensorsFile file = reference();
  const at::Tensor image = file.tensor("image");
  const at::Tensor text = file.tensor("text");
  const at::Tensor pairs = file.tensor("image_of_text");
  const auto ranks_with = [&](const at::Tensor& bias) {
    const BiasedEmbeddings biased = with_biases(image, text, bias, at::zeros({text.size(0)}));
    return retrieval_ranks(biased.image, biased.text, pairs).text_to_image;
  };
  const auto as_list = [&](const char* name) {
    const at::Tensor ranks = file.tensor(name);
    return std::vector<std::int64_t>(ranks.const_data_ptr<std::int64_t>(),
                                     ranks.const_data_ptr<std::int64_t>() + ranks.numel());
  };
  CHECK(ranks_with(at::zeros({image.size(0)})) == as_list("ranks.none"));
  for (const HubCorrection& correction :
       {HubCorrection{.method = CorrectionMethod::kNnn, .k = 16, .strength = 0.75},
        HubCorrection{.method = CorrectionMethod::kCsls, .k = 10},
        HubCorrection{.method = CorrectionMethod::kInvertedSoftmax, .strength = 20}}) {
    const std::string name(correction_name(correction.method));
    const at::Tensor bias = hub_bias(image, file.tensor("text_bank"), correction);
    CHECK(at::allclose(bias, file.tensor("bias." + name), 1e-5, 1e-6));
    CHECK(ranks_with(bias) == as_list(("ranks." + name).c_str()));
  }
}

TEST_CASE("one product corrects both directions, each by its own candidates' biases alone") {
  const HubbyData data = hubby();
  const at::Tensor image_bias = random(60, 1, 5).squeeze(1) / 4;
  const at::Tensor text_bias = random(120, 1, 6).squeeze(1) / 4;
  const BiasedEmbeddings both = with_biases(data.image, data.text, image_bias, text_bias);
  const at::Tensor wanted = data.image.matmul(data.text.t()) - image_bias.unsqueeze(1) - text_bias;
  CHECK(at::allclose(both.image.matmul(both.text.t()), wanted, 1e-5, 1e-6));
  const auto ranks = [&](const at::Tensor& of_image, const at::Tensor& of_text) {
    const BiasedEmbeddings biased = with_biases(data.image, data.text, of_image, of_text);
    return retrieval_ranks(biased.image, biased.text, data.pairs);
  };
  const RetrievalRanks together = ranks(image_bias, text_bias);
  CHECK(together.text_to_image == ranks(image_bias, at::zeros({120})).text_to_image);
  CHECK(together.image_to_text == ranks(at::zeros({60}), text_bias).image_to_text);
  CHECK(together.text_to_image != ranks(at::zeros({60}), text_bias).text_to_image);
}

TEST_CASE("a constant bias changes no rank") {
  const HubbyData data = hubby();
  const BiasedEmbeddings biased = with_biases(data.image, data.text, at::zeros({60}) + 0.25, at::zeros({120}) - 0.5);
  const RetrievalRanks with = retrieval_ranks(biased.image, biased.text, data.pairs);
  const RetrievalRanks without = retrieval_ranks(data.image, data.text, data.pairs);
  CHECK(with.image_to_text == without.image_to_text);
  CHECK(with.text_to_image == without.text_to_image);
}

TEST_CASE("every method, fitted to other queries, lifts recall where hubs were planted and lessens the skew") {
  const HubbyData data = hubby();
  const double before = recall_at(retrieval_ranks(data.image, data.text, data.pairs).text_to_image, 1);
  const double skew_before = measure_hubness(data.text, data.image, 10).skewness;
  CHECK(skew_before > 1);
  for (const CorrectionMethod method : all_corrections()) {
    CAPTURE(correction_name(method));
    std::int64_t seen = 0;
    const CorrectionPair chosen =
        choose_correction({data.image, data.text, data.pairs, data.image_bank, data.text_bank}, method,
                          [&seen](std::int64_t done, std::int64_t total) {
                            CHECK(done == ++seen);
                            CHECK(done <= total);
                          });
    CHECK(seen > 0);
    CHECK(chosen.image.method == method);
    const BiasedEmbeddings biased =
        with_biases(data.image, data.text, hub_bias(data.image, data.text_bank, chosen.image),
                    hub_bias(data.text, data.image_bank, chosen.text));
    CHECK(recall_at(retrieval_ranks(biased.image, biased.text, data.pairs).text_to_image, 1) > before + 5);
    CHECK(measure_hubness(biased.text, biased.image, 10).skewness < 0.8 * skew_before);
  }
}

TEST_CASE("corrections have names and refuse banks that do not fit") {
  for (const CorrectionMethod method : all_corrections()) CHECK(correction_named(correction_name(method)) == method);
  CHECK(!correction_named("none"));
  const at::Tensor gallery = random(5, 3, 1);
  CHECK_THROWS_WITH_AS(hub_bias(gallery, random(4, 2, 1), {}), doctest::Contains("bank must be [*, 3], got [4, 2]"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(hub_bias(gallery, gallery.narrow(0, 0, 0), {}),
                       doctest::Contains("candidates and a bank were needed"), c10::ValueError);
  CHECK_THROWS_WITH_AS(hub_bias(gallery, gallery, {.k = 0}), doctest::Contains("k must be at least 1, got 0"),
                       c10::ValueError);
  CHECK_THROWS_WITH_AS(hub_bias(gallery, gallery, {.method = CorrectionMethod::kInvertedSoftmax, .strength = 0}),
                       doctest::Contains("must be above 0, got 0"), c10::ValueError);
  CHECK_THROWS_AS(hub_bias(gallery / 0, gallery, {}), c10::ValueError);
  CHECK_THROWS_AS(with_biases(gallery, gallery, at::zeros({4}), at::zeros({5})), c10::ValueError);
}

#include "tandem/audit/twin_captions.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/toy_gallery.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

struct Slow {
  std::vector<TwinCaptions> twins;
  double threshold = 0;
};

/// By the definition: cosines of centred rows, the threshold from captions of one picture that
/// follow each other.
Slow slow_twins(const at::Tensor& features, const at::Tensor& partner) {
  const at::Tensor unit = unit_rows(features - features.mean(0, true));
  const auto cosine = [&](std::int64_t a, std::int64_t b) { return unit[a].dot(unit[b]).item<double>(); };
  std::vector<double> siblings;
  const std::int64_t n = features.size(0);
  for (std::int64_t a = 0; a < n; ++a) {
    for (std::int64_t b = a + 1; b < n; ++b) {
      if (partner[a].item<std::int64_t>() != partner[b].item<std::int64_t>()) continue;
      siblings.push_back(cosine(a, b));
      break;
    }
  }
  std::sort(siblings.begin(), siblings.end());
  Slow slow{
      .threshold =
          siblings.empty()
              ? 0.999
              : std::min(0.999,
                         siblings[static_cast<std::size_t>(0.99 * static_cast<double>(siblings.size() - 1) + 0.5)])};
  for (std::int64_t a = 0; a < n; ++a) {
    for (std::int64_t b = a + 1; b < n; ++b) {
      if (partner[a].item<std::int64_t>() != partner[b].item<std::int64_t>() && cosine(a, b) >= slow.threshold)
        slow.twins.push_back({a, b, cosine(a, b)});
    }
  }
  std::stable_sort(slow.twins.begin(), slow.twins.end(),
                   [](const auto& a, const auto& b) { return a.similarity > b.similarity; });
  return slow;
}

}  // namespace

TEST_CASE("twin captions equal their definition") {
  const at::Tensor partner = at::arange(200, at::kLong).remainder(67);
  const at::Tensor features = drawn({200, 3}, 1) + 5;  // Three columns: strangers are often near.
  const Slow slow = slow_twins(features, partner);
  const TwinList twins = twin_captions(features, partner, 1000000);
  CHECK(twins.threshold == doctest::Approx(slow.threshold).epsilon(1e-5));
  REQUIRE(slow.twins.size() > 20);
  REQUIRE(twins.twins.size() == slow.twins.size());
  CHECK(twins.count == static_cast<std::int64_t>(slow.twins.size()));
  for (std::size_t t = 0; t < slow.twins.size(); ++t)
    CHECK(twins.twins[t].similarity == doctest::Approx(slow.twins[t].similarity).epsilon(1e-5));
  for (std::int64_t j = 0; j < 200; ++j) {
    const auto nearest = std::find_if(slow.twins.begin(), slow.twins.end(),
                                      [j](const TwinCaptions& twin) { return twin.first == j || twin.second == j; });
    std::int64_t expected = -1;
    if (nearest != slow.twins.end()) expected = nearest->first == j ? nearest->second : nearest->first;
    CHECK(twins.partner[j] == expected);
  }
  const TwinList few = twin_captions(features, partner, 3);
  CHECK(few.twins.size() == 3);
  CHECK(few.count == twins.count);
}

TEST_CASE("with one caption a picture only the same words are twins") {
  const at::Tensor rows = drawn({40, 8}, 1);
  const at::Tensor partner = at::arange(41, at::kLong);
  std::int64_t seen = 0;
  const TwinList twins =
      twin_captions(at::cat({rows, rows.narrow(0, 7, 1)}), partner, 10,
                    [&](std::int64_t done, std::int64_t total) { seen = done == total ? total : seen; });
  CHECK(twins.threshold == 0.999);
  REQUIRE(twins.twins.size() == 1);
  CHECK(twins.twins[0].first == 7);
  CHECK(twins.twins[0].second == 40);
  CHECK(seen == 41);
  CHECK(twin_captions(drawn({1, 3}, 1), at::arange(1, at::kLong), 10).twins.empty());
  CHECK_THROWS_AS(twin_captions(rows / 0, at::arange(40, at::kLong), 10), c10::ValueError);
}

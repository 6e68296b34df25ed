#include "tandem/maps/perplexity.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <utility>

#include "mixture.h"
#include "tandem/storage/safetensors.h"
#include "test_data.h"

using tandem::joint_probabilities;
using tandem::nearest_neighbours;
using tandem::neighbour_probabilities;
using tandem::Neighbours;
using tandem::SparseRows;
using tandem::tests::mixture;

TEST_CASE("every row has the entropy that the perplexity asks for") {
  const Neighbours neighbours = nearest_neighbours(mixture(333, 8), 45);
  const at::Tensor p = neighbour_probabilities(neighbours.squared_distance, 15);
  const at::Tensor entropy = -(p * p.log()).sum(1);
  CHECK(at::allclose(p.sum(1), at::zeros({333}, at::kDouble) + 1, 0, 1e-12));
  CHECK((entropy - std::log(15.0)).abs().max().item<double>() < 1e-6);
}

TEST_CASE("probabilities equal a bisection made in Python") {
  const auto reference = tandem::SafetensorsFile::open(tandem::tests::reference_dir() / "maps" / "maps.safetensors");
  const at::Tensor distances = reference.tensor("squared_distance", {30}).to(at::kFloat).unsqueeze(0);
  const at::Tensor p = neighbour_probabilities(distances, 10);
  CHECK(at::allclose(p[0], reference.tensor("conditional"), 0, 1e-6));  // entropies agree to 1e-7
}

TEST_CASE("more equal neighbours than the perplexity share alike") {
  at::Tensor distances = at::zeros({1, 6}, at::kFloat);
  CHECK(at::allclose(neighbour_probabilities(distances, 2), at::zeros({1, 6}, at::kDouble) + 1.0 / 6));
  distances[0][4] = 1;
  distances[0][5] = 2;
  const at::Tensor p = neighbour_probabilities(distances, 2);
  CHECK(at::allclose(p[0].narrow(0, 0, 4), at::zeros({4}, at::kDouble) + 0.25, 0, 1e-9));
}

TEST_CASE("joint probabilities are the symmetrised conditional ones and sum to one") {
  const std::int64_t count = 61, k = 9;
  const Neighbours neighbours = nearest_neighbours(mixture(count, 3), k);
  const at::Tensor p = neighbour_probabilities(neighbours.squared_distance, 3);
  const SparseRows joint = joint_probabilities(neighbours.row, p);
  std::map<std::pair<std::int64_t, std::int64_t>, double> wanted;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t c = 0; c < k; ++c) {
      const auto j = neighbours.row[i][c].item<std::int64_t>();
      wanted[{i, j}] += p[i][c].item<double>() / (2.0 * count);
      wanted[{j, i}] += p[i][c].item<double>() / (2.0 * count);
    }
  }
  CHECK(joint.column.size() == wanted.size());
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t e = joint.row_begin[i]; e < joint.row_begin[i + 1]; ++e) {
      CHECK(joint.value[e] == doctest::Approx(wanted.at({i, joint.column[e]})).epsilon(1e-6));
      CHECK((e == joint.row_begin[i] || joint.column[e] > joint.column[e - 1]));
      sum += joint.value[e];
    }
  }
  CHECK(sum == doctest::Approx(1).epsilon(1e-6));
}

TEST_CASE("a perplexity beyond the neighbours is refused") {
  CHECK_THROWS_WITH_AS(neighbour_probabilities(at::zeros({2, 4}, at::kFloat), 4.5),
                       doctest::Contains("perplexity must be from 1 to k = 4, got 4.5"), c10::ValueError);
}

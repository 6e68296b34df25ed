#include "tandem/maps/repulsion.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

#include "mixture.h"
#include "tandem/maps/attraction.h"
#include "tandem/maps/grid_repulsion.h"

using tandem::exact_repulsion;
using tandem::GridRepulsion;
using tandem::PlanePoints;
using tandem::Repulsion;
using tandem::ThreadTeam;

namespace {

/// Clumps of near-Gaussian points in a square of about `side`.
PlanePoints clumps(std::size_t count, double side) {
  PlanePoints points;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t clump = 90000 + i % 12;
    points.x.push_back(
        static_cast<float>(side * (0.25 * tandem::tests::noise(2 * clump) + 0.08 * tandem::tests::noise(2 * i))));
    points.y.push_back(static_cast<float>(
        side * (0.25 * tandem::tests::noise(2 * clump + 1) + 0.08 * tandem::tests::noise(2 * i + 1))));
  }
  return points;
}

/// Length of the difference over length of the truth, all points together.
double relative_error(const Repulsion& found, const Repulsion& truth) {
  double error = 0, length = 0;
  for (std::size_t i = 0; i < truth.x.size(); ++i) {
    error += std::pow(found.x[i] - truth.x[i], 2) + std::pow(found.y[i] - truth.y[i], 2);
    length += std::pow(truth.x[i], 2) + std::pow(truth.y[i], 2);
  }
  return std::sqrt(error / length);
}

/// The divergence as van der Maaten & Hinton define it, in double precision.
double slow_divergence(const PlanePoints& points, const tandem::SparseRows& joint) {
  const std::size_t count = points.x.size();
  const auto w = [&](std::size_t i, std::size_t j) {
    return 1 / (1 + std::pow(static_cast<double>(points.x[i]) - points.x[j], 2) +
                std::pow(static_cast<double>(points.y[i]) - points.y[j], 2));
  };
  double normaliser = 0, sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) normaliser += i == j ? 0 : w(i, j);
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::int64_t e = joint.row_begin[i]; e < joint.row_begin[i + 1]; ++e) {
      sum += joint.value[e] * std::log(joint.value[e] * normaliser / w(i, static_cast<std::size_t>(joint.column[e])));
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("exact repulsion equals its definition") {
  ThreadTeam team(1);
  const PlanePoints points = clumps(101, 30);
  Repulsion found;
  exact_repulsion(points, team, found);
  double normaliser = 0;
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    double x = 0, y = 0;
    for (std::size_t j = 0; j < points.x.size(); ++j) {
      if (j == i) continue;
      const double dx = static_cast<double>(points.x[i]) - points.x[j];
      const double dy = static_cast<double>(points.y[i]) - points.y[j];
      const double w = 1 / (1 + dx * dx + dy * dy);
      normaliser += w;
      x += w * w * dx;
      y += w * w * dy;
    }
    CHECK(std::abs(found.x[i] - x) < 2e-5);
    CHECK(std::abs(found.y[i] - y) < 2e-5);
  }
  CHECK(found.normaliser == doctest::Approx(normaliser).epsilon(1e-5));
}

TEST_CASE("attraction and repulsion are the gradient of the divergence") {
  ThreadTeam team(1);
  PlanePoints points = clumps(60, 8);
  const tandem::Neighbours neighbours = tandem::nearest_neighbours(tandem::tests::mixture(60, 5), 12);
  const tandem::SparseRows joint =
      tandem::joint_probabilities(neighbours.row, tandem::neighbour_probabilities(neighbours.squared_distance, 4));
  const PlanePoints pull = tandem::attraction(points, joint, team);
  Repulsion push;
  exact_repulsion(points, team, push);
  for (const std::size_t i : {0, 7, 59}) {
    const double gradient = 4 * (pull.x[i] - push.x[i] / push.normaliser);
    const float place = points.x[i];
    const float step = 1.0F / 64;
    points.x[i] = place + step;
    const double above = slow_divergence(points, joint);
    points.x[i] = place - step;
    const double below = slow_divergence(points, joint);
    points.x[i] = place;
    CHECK(gradient == doctest::Approx((above - below) / (2 * step)).epsilon(1e-3));
  }
}

TEST_CASE("the grid's repulsion is within 1 percent of the exact one at every extent") {
  ThreadTeam team(2);
  GridRepulsion grid(team);
  for (const double side : {1e-4, 0.3, 5.0, 12.0, 40.0, 150.0}) {
    const PlanePoints points = clumps(1500, side);
    Repulsion exact, found;
    exact_repulsion(points, team, exact);
    grid(points, found);
    CAPTURE(side);
    CHECK(relative_error(found, exact) < 0.01);
    CHECK(found.normaliser == doctest::Approx(exact.normaliser).epsilon(1e-3));
  }
}

TEST_CASE("the whole gradient by the grid is within 1 percent of the exact one on 2,000 points") {
  ThreadTeam team(1);
  GridRepulsion grid(team);
  const tandem::Neighbours neighbours = tandem::nearest_neighbours(tandem::tests::mixture(2000, 8), 30);
  const tandem::SparseRows joint =
      tandem::joint_probabilities(neighbours.row, tandem::neighbour_probabilities(neighbours.squared_distance, 10));
  for (const double side : {0.5, 20.0, 90.0}) {
    const PlanePoints points = clumps(2000, side);
    const PlanePoints pull = tandem::attraction(points, joint, team);
    Repulsion exact, found;
    exact_repulsion(points, team, exact);
    grid(points, found);
    double error = 0, length = 0;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
      for (const bool along_x : {true, false}) {
        const double drawn = along_x ? pull.x[i] : pull.y[i];
        const double truth = drawn - (along_x ? exact.x[i] : exact.y[i]) / exact.normaliser;
        error += std::pow(drawn - (along_x ? found.x[i] : found.y[i]) / found.normaliser - truth, 2);
        length += std::pow(truth, 2);
      }
    }
    CAPTURE(side);
    CHECK(std::sqrt(error / length) < 0.01);
  }
}

TEST_CASE("the grid's repulsion is the same bits on one thread and on two") {
  const PlanePoints points = clumps(3000, 60);
  Repulsion one, two;
  ThreadTeam single(1), pair(2);
  GridRepulsion on_one(single), on_two(pair);
  on_one(points, one);
  on_two(points, two);
  CHECK(one.x == two.x);
  CHECK(one.y == two.y);
  CHECK(one.normaliser == two.normaliser);
}

TEST_CASE("points in one place do not push each other") {
  ThreadTeam team(1);
  const PlanePoints points{std::vector<float>(40, 2.5F), std::vector<float>(40, -1.0F)};
  Repulsion exact, found;
  exact_repulsion(points, team, exact);
  GridRepulsion grid(team);
  grid(points, found);
  CHECK(exact.normaliser == doctest::Approx(40 * 39));
  CHECK(found.normaliser == doctest::Approx(40 * 39));
  for (std::size_t i = 0; i < 40; ++i) {
    CHECK(exact.x[i] == 0);
    CHECK(std::abs(found.x[i]) < 1e-6);
    CHECK(std::abs(found.y[i]) < 1e-6);
  }
}

TEST_CASE("the grid is left alone where it would be larger than the work it saves") {
  CHECK(!GridRepulsion::pays(clumps(200, 50)));
  CHECK(GridRepulsion::pays(clumps(20000, 100)));
  CHECK(!GridRepulsion::pays(clumps(20000, 1e5)));
}

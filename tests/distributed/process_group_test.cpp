#include "tandem/distributed/process_group.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <doctest/doctest.h>

#include <iostream>

#include "distributed/peers_at_work.h"
#include "training/toy_gradients.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

SafetensorsFile found_by(const ScratchFolder& folder, int rank) {
  return SafetensorsFile::open(folder / ("out-" + std::to_string(rank) + ".safetensors"));
}

std::string peer(const char* task, const ScratchFolder& folder) {
  return (build_dir() / "distribution_peer").string() + " " + task + " " + (folder / "out").string();
}

void finished(const std::vector<Ended>& all) {
  for (const Ended& one : all) CHECK_MESSAGE(one.code == 0, one.said);
}

void check_collectives(int count, const std::string& device = "") {
  const ScratchFolder folder;
  finished(run_peers(peer("collectives", folder) + device, count));
  std::vector<std::int64_t> rank_of_row;
  for (int rank = 0; rank < count; ++rank) rank_of_row.insert(rank_of_row.end(), rank + 2, rank);
  for (int rank = 0; rank < count; ++rank) {
    const SafetensorsFile found = found_by(folder, rank);
    const auto rows = static_cast<std::int64_t>(rank_of_row.size());
    const at::Tensor gathered = found.tensor("gathered", {rows, 3});
    for (std::int64_t row = 0; row < rows; ++row)
      CHECK(gathered[row][1].item<double>() == static_cast<double>(rank_of_row[row]));
    CHECK(found.tensor("first", {2, 2}).sum().item<double>() == 2 * count * (count + 1));
    CHECK(at::equal(found.tensor("second", {5}), at::arange(5, at::kFloat) * count));
    CHECK(found.tensor("heard", {1}).item<double>() == 7);
  }
}

void check_gradients(std::initializer_list<int> counts, const std::string& device = "") {
  const NamedTensors alone = gradients_with(toy_step_options());
  for (const int count : counts) {
    CAPTURE(count);
    const ScratchFolder folder;
    finished(run_peers(peer("gradients", folder) + device, count));
    for (int rank = 0; rank < count; ++rank) {
      const SafetensorsFile found = found_by(folder, rank);
      REQUIRE(found.entries().size() == alone.size());
      for (const auto& [name, gradient] : alone) {
        CAPTURE(name);
        const double largest = gradient.abs().max().item<double>();
        REQUIRE(largest > 0);
        CHECK((found.tensor(name, gradient.sizes()) - gradient).abs().max().item<double>() <=
              (device.empty() ? 1e-5 : 1e-4) * largest);
      }
    }
  }
}

}  // namespace

TEST_CASE("rows of unequal counts are gathered by rank and sums are the same bits everywhere" *
          doctest::test_suite("slow")) {
  check_collectives(3);
}

TEST_CASE("two and three processes find the gradients of one to 1e-5" * doctest::test_suite("slow")) {
  check_gradients({2, 3});
}

TEST_CASE("processes with a GPU each gather, add up and find the gradients of one" * doctest::test_suite("gpu")) {
  if (!at::globalContext().hasCUDA()) {
    std::cout << "SKIPPED: no GPU here\n";
    return;
  }
  const int gpus = static_cast<int>(at::globalContext().getAcceleratorHooksInterface(c10::kCUDA).deviceCount());
  check_collectives(std::min(gpus, 3), " cuda");
  check_gradients({std::min(gpus, 3)}, " cuda");
}

TEST_CASE("a lost peer ends the others with one sentence within the timeout") {
  const ScratchFolder folder;
  const std::vector<Ended> ended = run_peers(peer("lost", folder), 2);
  CHECK(ended[1].code == 9);
  CHECK(ended[0].code == 1);
  CHECK_MESSAGE(
      ended[0].said.find("process 0 of 2 could not wait for the others: expected an answer of all within 5 s") !=
          std::string::npos,
      ended[0].said);
}

TEST_CASE("a process whose peers never come says so" * doctest::test_suite("slow")) {
  const std::vector<Ended> ended =
      run_peers("WORLD_SIZE=2 " + (build_dir() / "distribution_peer").string() + " lost nowhere", 1);
  CHECK(ended[0].code == 1);
  CHECK_MESSAGE(ended[0].said.find("process 0 of 2 could not meet the others") != std::string::npos, ended[0].said);
}

// One of several processes: distribution_peer TASK OUT. Writes what it found to OUT-RANK.safetensors.
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

#include <iostream>
#include <thread>

#include "tandem/distribution/process_group.h"
#include "tandem/storage/safetensors.h"
#include "training/toy_gradients.h"

using namespace tandem;

namespace {

NamedTensors collectives(ProcessGroup& group) {
  const std::int64_t rank = group.rank();
  const at::Tensor own = at::full({rank + 2, 3}, static_cast<double>(rank));  // as many rows as no other has
  at::Tensor first = at::full({2, 2}, static_cast<double>(rank + 1)), second = at::arange(5, at::kFloat);
  group.add_up({first, second});
  group.meet();
  return {{"gathered", group.gather_rows(own)}, {"first", first}, {"second", second}, {"heard", at::full({1}, group.of_first(7.0 + static_cast<double>(rank)))}};
}

}  // namespace

int main(int, char** arguments) {
  const std::string task = arguments[1];
  try {
    const std::optional<Launch> launch = launch_from_environment();
    ProcessGroup group(*launch, std::chrono::seconds(task == "lost" ? 5 : 60));
    NamedTensors found;
    if (task == "collectives") found = collectives(group);
    if (task == "gradients") {
      const Peers peers{.rank = group.rank(),
                        .count = group.count(),
                        .gather_rows = [&](const at::Tensor& own, std::int64_t) { return group.gather_rows(own); },
                        .add_up = [&](const std::vector<at::Tensor>& gradients) { group.add_up(gradients); }};
      found = tests::toy_gradients(peers);
    }
    if (task == "lost") {
      group.meet();
      if (group.rank() == 1) std::_Exit(9);  // as if killed
      group.meet();
    }
    write_safetensors(arguments[2] + std::string("-") + std::to_string(group.rank()) + ".safetensors", found);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << std::endl;
    return 1;
  }
}

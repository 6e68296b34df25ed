// One of several processes: distribution_peer TASK OUT [cuda]. Writes what it found to
// OUT-RANK.safetensors. With "cuda" every process has a GPU of its own.
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>

#include <iostream>
#include <thread>

#include "tandem/distributed/process_group.h"
#include "tandem/storage/safetensors.h"
#include "training/toy_gradients.h"

using namespace tandem;

namespace {

NamedTensors collectives(ProcessGroup& group, c10::Device device) {
  const std::int64_t rank = group.rank();
  const at::Tensor own =
      at::full({rank + 2, 3}, static_cast<double>(rank), at::TensorOptions(device));  // as many rows as no other has
  at::Tensor first = at::full({2, 2}, static_cast<double>(rank + 1), own.options());
  at::Tensor second = at::arange(5, own.options());
  group.add_up({first, second});
  group.meet();
  return {{"gathered", group.gather_rows(own).cpu()},
          {"first", first.cpu()},
          {"second", second.cpu()},
          {"heard", at::full({1}, group.of_first(7.0 + static_cast<double>(rank)))}};
}

}  // namespace

int main(int count, char** arguments) {
  const std::string task = arguments[1];
  try {
    const std::optional<Launch> launch = launch_from_environment();
    const c10::Device device =
        count > 3 ? c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(launch->rank)) : c10::Device(c10::kCPU);
    ProcessGroup group(*launch, std::chrono::seconds(task == "lost" ? 5 : 60), device);
    NamedTensors found;
    if (task == "collectives") found = collectives(group, device);
    if (task == "gradients") {
      const Peers peers{.rank = group.rank(),
                        .count = group.count(),
                        .gather_rows = [&](const at::Tensor& own, std::int64_t) { return group.gather_rows(own); },
                        .add_up = [&](const std::vector<at::Tensor>& gradients) { group.add_up(gradients); }};
      found = tests::gradients_with(tests::toy_step_options(device), peers);
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

#include "apps/arguments/compute_arguments.h"

#include <ATen/Context.h>

#include <cstdlib>

#include "apps/arguments/processes.h"

namespace tandem::apps {

Compute ComputeArguments::compute() const {
  const c10::Device named = device_of_process(device);
  return {precision_named(dtype, named), named};
}

void train_on(c10::Device device) {
  if (!device.is_cuda()) return;
  ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);  // without it cuBLAS may add up in any order
  at::globalContext().setDeterministicAlgorithms(true, /*warn_only=*/true);
}

void add_compute_arguments(CLI::App& command, ComputeArguments& arguments) {
  command
      .add_option("--dtype", arguments.dtype,
                  "Precision of the encoders: fp32, bf16, fp16 (on a GPU), or auto: fp16 on a GPU, bf16 on CPUs "
                  "with native bf16")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16"}))
      ->capture_default_str();
  command
      .add_option("--device", arguments.device,
                  "Where the encoders compute: cpu, cuda (the first GPU) or cuda:NUMBER (doc/gpu.md)")
      ->capture_default_str();
}

}  // namespace tandem::apps

#include "apps/compute_arguments.h"

namespace tandem::apps {

Compute ComputeArguments::compute() const {
  const c10::Device named = device_named(device);
  return {precision_named(dtype, named), named};
}

void add_compute_arguments(CLI::App& command, ComputeArguments& arguments) {
  command.add_option("--dtype", arguments.dtype, "The encoders' arithmetic: fp32, bf16, fp16 (on a GPU), or auto: fp16 on a GPU, bf16 where the processor multiplies it")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16"}))
      ->capture_default_str();
  command.add_option("--device", arguments.device, "Where the encoders compute: cpu, cuda (the first GPU) or cuda:NUMBER (doc/gpu.md)")->capture_default_str();
}

}  // namespace tandem::apps

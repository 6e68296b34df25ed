// Copies a batch to the device of its encoder.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace tandem {

/// The CPU tensor on the device. For a GPU it is copied from pinned memory without waiting: the
/// copy of one worker's batch runs while the network works on another's and the CPU decodes a
/// third.
inline at::Tensor to_device(const at::Tensor& batch, c10::Device device) {
  if (!device.is_cuda()) return batch.to(device);
  return batch.pin_memory().to(device, batch.scalar_type(), /*non_blocking=*/true);
}

}  // namespace tandem

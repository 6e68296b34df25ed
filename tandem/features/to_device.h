// How a batch reaches the device its encoder is on.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

namespace tandem {

/// The tensor, of the CPU, on the device. To a GPU it goes from pinned memory without waiting: the
/// copy of one worker's batch runs while the network works on another's and the CPU decodes a
/// third.
inline at::Tensor to_device(const at::Tensor& batch, c10::Device device) {
  if (!device.is_cuda()) return batch.to(device);
  return batch.pin_memory().to(device, batch.scalar_type(), /*non_blocking=*/true);
}

}  // namespace tandem

// A device beside the CPU for tests, on machines without a GPU: its tensors lie in ordinary memory
// and the CPU's operators compute on them, but operators refuse tensors of the CPU among them, as
// they do on a GPU. What runs here mixes no devices and reaches into no memory.
#pragma once

#include <c10/core/Device.h>

namespace tandem::tests {

/// Registered with LibTorch when first asked for.
c10::Device second_device();

}  // namespace tandem::tests

#include "tandem/distributed/backend.h"

#include <c10/core/DeviceGuard.h>
#include <c10/util/Exception.h>

#include <cstdlib>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

namespace tandem {
namespace {

c10::intrusive_ptr<c10d::Backend> gloo_backend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int count,
                                               std::chrono::milliseconds timeout) {
  const auto options = c10d::ProcessGroupGloo::Options::create(timeout);
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  options->devices.push_back(interface != nullptr ? c10d::ProcessGroupGloo::createDeviceForInterface(interface)
                                                  : c10d::ProcessGroupGloo::createDefaultDevice());
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, count, options);
}

#ifdef USE_C10D_NCCL
c10::intrusive_ptr<c10d::Backend> nccl_backend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int count,
                                               std::chrono::milliseconds timeout, c10::Device device) {
  // With this setting, waiting ends with an exception when the time is over. Without it, a watchdog
  // would end the process without a message.
  ::setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/0);
  const c10::DeviceGuard guard(device);
  const auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, count, options);
}
#endif

}  // namespace

c10::intrusive_ptr<c10d::Backend> make_backend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int count,
                                               std::chrono::milliseconds timeout, c10::Device device) {
  if (!device.is_cuda()) return gloo_backend(store, rank, count, timeout);
#ifdef USE_C10D_NCCL
  return nccl_backend(store, rank, count, timeout, device);
#else
  TORCH_CHECK_VALUE(false, "several processes on GPUs need a LibTorch built with NCCL, which this one is not");
#endif
}

}  // namespace tandem

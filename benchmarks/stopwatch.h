// The time a device takes: a CPU's as processor time of the whole process, so that other programs
// on the machine do not count; a GPU's by the clock, when all that was asked of it is done.
#pragma once

#include <ATen/DeviceAccelerator.h>
#include <c10/core/Device.h>
#include <sys/resource.h>

#include <chrono>

namespace tandem {

inline double seconds_on(c10::Device device) {
  if (!device.is_cpu()) {
    at::accelerator::synchronizeDevice(device.index());
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace tandem

// Processes that do every step together, over c10d.
#pragma once

#include <ATen/core/Tensor.h>

#include <chrono>
#include <memory>
#include <vector>

#include "tandem/distributed/launch.h"

namespace tandem {

/// All processes call the same functions in the same order. Each function throws
/// std::runtime_error, in one sentence, if the others do not answer within the timeout or one of
/// them is gone.
class ProcessGroup {
 public:
  /// Meets the other processes. Tensors are on `device`, one GPU per process or the CPU. Throws
  /// std::runtime_error if another process does not come, and c10::ValueError if this LibTorch
  /// cannot carry tensors of a GPU.
  ProcessGroup(Launch launch, std::chrono::milliseconds timeout, c10::Device device = c10::kCPU);
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const { return launch_.rank; }
  int count() const { return launch_.count; }
  bool is_first() const { return launch_.rank == 0; }

  /// The rows of all processes, in the order of their ranks.
  ///
  ///   own  [n, D]  float32; n may differ between processes
  ///
  /// Returns [sum of n, D], without gradient.
  at::Tensor gather_rows(const at::Tensor& own);

  /// Replaces each tensor by its sum over all processes, with the same bits in all of them. The
  /// tensors are float32 and have the same shapes in every process.
  void add_up(const std::vector<at::Tensor>& tensors);

  /// The value of the first process.
  double of_first(double value);

  /// Returns when all processes have called it.
  void meet();

 private:
  struct Connection;
  template <typename Act>
  void together(const char* what, const Act& act);

  Launch launch_;
  std::chrono::milliseconds timeout_;
  c10::Device device_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace tandem

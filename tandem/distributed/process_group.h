// Processes that take every step together, over c10d.
#pragma once

#include <ATen/core/Tensor.h>

#include <chrono>
#include <memory>
#include <vector>

#include "tandem/distributed/launch.h"

namespace tandem {

/// All processes call the same functions in the same order. Each throws std::runtime_error, in one
/// sentence, if the others do not answer within the timeout or one of them is gone.
class ProcessGroup {
 public:
  /// Meets the others. Tensors are of `device`, one GPU for each process or the CPU;
  /// c10::ValueError if this LibTorch cannot carry a GPU's.
  ProcessGroup(Launch launch, std::chrono::milliseconds timeout, c10::Device device = c10::kCPU);
  ~ProcessGroup();
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  int rank() const { return launch_.rank; }
  int count() const { return launch_.count; }
  bool is_first() const { return launch_.rank == 0; }

  /// The rows of all processes, by rank.
  ///
  ///   own  [n, D]  float32; n may differ between processes
  at::Tensor gather_rows(const at::Tensor& own);

  /// Replaces each tensor by its sum over all processes; the same bits everywhere. float32, of the
  /// same shapes everywhere.
  void add_up(const std::vector<at::Tensor>& tensors);

  /// The first process's value.
  double of_first(double value);

  /// Returns when all have called it.
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

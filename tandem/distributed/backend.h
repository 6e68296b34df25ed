// The library that carries tensors between processes: Gloo (the engine of PyTorch's distributed
// training on CPUs) or NCCL (on GPUs). Only this and process_group.cpp use c10d.
#pragma once

#include <c10/core/Device.h>

#include <chrono>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

namespace tandem {

/// NCCL for tensors of a GPU, Gloo for others. Throws c10::ValueError if this LibTorch was built
/// without NCCL.
c10::intrusive_ptr<c10d::Backend> make_backend(const c10::intrusive_ptr<c10d::Store>& store, int rank, int count,
                                               std::chrono::milliseconds timeout, c10::Device device);

}  // namespace tandem

// The arithmetic a frozen encoder computes in, and where. Weights may be stored in any; results
// leave as float32, on the CPU.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string_view>

namespace tandem {

enum class Precision {
  kFloat32,
  kBFloat16,  ///< products of bf16 factors summed in fp32; norms and softmax in fp32; results rounded to bf16
  kFloat16,   ///< the same with fp16: for CUDA; a CPU has no such products and only checks with it
};

/// What tensors of that precision are stored as.
c10::ScalarType scalar_type(Precision precision);

/// "fp32", "bf16", "fp16"
const char* precision_name(Precision precision);

/// The precision of that name. Throws c10::ValueError if there is none.
Precision precision_of_name(std::string_view name);

/// Whether this machine's processor multiplies bf16 matrices itself (AVX-512 BF16 or AMX).
/// Elsewhere bf16 is slower than fp32.
bool has_fast_bf16();

/// "cpu" or "cuda" (the first GPU), "cuda:1" for another. Throws c10::ValueError for another name,
/// for CUDA where LibTorch was built without it or finds no GPU, and for a GPU that is not there.
c10::Device device_named(std::string_view name);

/// A name of precision_of_name(), or "auto": fp16 on CUDA; on a CPU bf16 where has_fast_bf16(),
/// else fp32.
/// Throws c10::ValueError for another name, and on a CPU for fp16, or for bf16 where the processor
/// has none.
Precision precision_named(std::string_view name, c10::Device device = c10::kCPU);

/// What a network computes with.
struct Compute {
  Compute(Precision network_precision = Precision::kFloat32,
          c10::Device network_device = c10::kCPU)  // NOLINT: a precision is on the CPU.
      : precision(network_precision), device(network_device) {}

  Precision precision;
  c10::Device device;
};

}  // namespace tandem

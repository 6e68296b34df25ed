// The arithmetic of a frozen encoder, and the device it runs on. Weights may be stored in any
// precision; results are float32 on the CPU.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <string_view>

namespace tandem {

enum class Precision {
  kFloat32,
  kBFloat16,  ///< products of bf16 factors summed in fp32; norms and softmax in fp32; results rounded to bf16
  kFloat16,   ///< the same with fp16, for CUDA; CPUs have no such products and use it only for checks
};

/// The scalar type of tensors in that precision.
c10::ScalarType scalar_type(Precision precision);

/// "fp32", "bf16", "fp16"
const char* precision_name(Precision precision);

/// The precision of that name. Throws c10::ValueError if there is none.
Precision precision_of_name(std::string_view name);

/// Whether this machine's processor multiplies bf16 matrices itself (AVX-512 BF16 or AMX). On
/// others bf16 is slower than fp32.
bool has_fast_bf16();

/// The device for "cpu", "cuda" (the first GPU) or "cuda:1" (another GPU).
/// Throws c10::ValueError for another name, for CUDA if LibTorch was built without it or finds no
/// GPU, and for a GPU that does not exist.
c10::Device device_named(std::string_view name);

/// The precision for a name of precision_of_name(), or for "auto": fp16 on CUDA; on a CPU bf16 if
/// has_fast_bf16(), else fp32.
/// Throws c10::ValueError for another name, and on a CPU for fp16 and, if the processor has no
/// bf16, for bf16.
Precision precision_named(std::string_view name, c10::Device device = c10::kCPU);

/// The precision and the device of a network.
struct Compute {
  Compute(Precision network_precision = Precision::kFloat32,
          c10::Device network_device = c10::kCPU)  // NOLINT: a precision is on the CPU.
      : precision(network_precision), device(network_device) {}

  Precision precision;
  c10::Device device;
};

}  // namespace tandem

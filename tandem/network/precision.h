// The arithmetic a frozen encoder computes in. Weights may be stored in any; results leave as float32.
#pragma once

#include <c10/core/ScalarType.h>

#include <string_view>

namespace tandem {

enum class Precision {
  kFloat32,
  kBFloat16,  ///< products of bf16 factors summed in fp32; norms and softmax in fp32; results rounded to bf16
};

/// What tensors of that precision are stored as.
c10::ScalarType scalar_type(Precision precision);

/// "fp32", "bf16"
const char* precision_name(Precision precision);

/// Whether this machine's processor multiplies bf16 matrices itself (AVX-512 BF16 or AMX). Elsewhere bf16 is slower than fp32.
bool has_fast_bf16();

/// "fp32", "bf16", or "auto": bf16 where has_fast_bf16(), else fp32.
/// Throws c10::ValueError for another name, or for bf16 where the processor has none.
Precision precision_named(std::string_view name);

}  // namespace tandem

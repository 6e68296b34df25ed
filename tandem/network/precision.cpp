#include "tandem/network/precision.h"

#include <ATen/cpu/Utils.h>
#include <c10/util/Exception.h>

namespace tandem {

c10::ScalarType scalar_type(Precision precision) { return precision == Precision::kBFloat16 ? c10::kBFloat16 : c10::kFloat; }

const char* precision_name(Precision precision) { return precision == Precision::kBFloat16 ? "bf16" : "fp32"; }

bool has_fast_bf16() {
  static const bool found = [] {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    for (const char* name : {"avx512_bf16", "amx_bf16"}) {
      const auto entry = capabilities.find(name);
      if (entry != capabilities.end() && entry->second.isBool() && entry->second.toBool()) return true;
    }
    return false;
  }();
  return found;
}

Precision precision_named(std::string_view name) {
  if (name == "auto") return has_fast_bf16() ? Precision::kBFloat16 : Precision::kFloat32;
  if (name == "fp32") return Precision::kFloat32;
  TORCH_CHECK_VALUE(name == "bf16", "the precision must be auto, fp32 or bf16, got \"", name, "\"");
  TORCH_CHECK_VALUE(has_fast_bf16(), "bf16 needs a processor with AVX-512 BF16 or AMX, which this machine's is not; fp32 works everywhere");
  return Precision::kBFloat16;
}

}  // namespace tandem

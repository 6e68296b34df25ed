#include "tandem/nn/precision.h"

#include <ATen/Context.h>
#include <ATen/cpu/Utils.h>
#include <c10/util/Exception.h>

#include <string>

namespace tandem {

c10::ScalarType scalar_type(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return c10::kFloat;
    case Precision::kBFloat16:
      return c10::kBFloat16;
    case Precision::kFloat16:
      return c10::kHalf;
  }
  TORCH_CHECK_VALUE(false, "scalar_type: no precision has the number ", static_cast<int>(precision));
}

const char* precision_name(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return "fp32";
    case Precision::kBFloat16:
      return "bf16";
    case Precision::kFloat16:
      return "fp16";
  }
  TORCH_CHECK_VALUE(false, "precision_name: no precision has the number ", static_cast<int>(precision));
}

Precision precision_of_name(std::string_view name) {
  for (const Precision precision : {Precision::kFloat32, Precision::kBFloat16, Precision::kFloat16}) {
    if (name == precision_name(precision)) return precision;
  }
  TORCH_CHECK_VALUE(false, "the precision must be fp32, bf16 or fp16, got \"", name, "\"");
}

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

c10::Device device_named(std::string_view name) {
  if (name == "cpu") return c10::kCPU;
  const bool numbered = name.starts_with("cuda:") && name.size() > 5 && name.size() < 8 &&
                        name.find_first_not_of("0123456789", 5) == std::string_view::npos;
  TORCH_CHECK_VALUE(name == "cuda" || numbered, "the device must be cpu, cuda or cuda:NUMBER, got \"", name, "\"");
  TORCH_CHECK_VALUE(at::globalContext().hasCUDA(), "the device ", name,
                    " needs a GPU and a LibTorch built with CUDA (doc/gpu.md), and one of the two is missing here; cpu "
                    "works everywhere");
  const int number = numbered ? std::stoi(std::string(name.substr(5))) : 0;
  const auto count = static_cast<int>(at::globalContext().getAcceleratorHooksInterface(c10::kCUDA).deviceCount());
  TORCH_CHECK_VALUE(number < count, "the device ", name, " is not there: this machine has ", count,
                    " of them, numbered from 0");
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(number)};
}

Precision precision_named(std::string_view name, c10::Device device) {
  if (device.is_cuda()) return name == "auto" ? Precision::kFloat16 : precision_of_name(name);
  if (name == "auto") return has_fast_bf16() ? Precision::kBFloat16 : Precision::kFloat32;
  const Precision precision = precision_of_name(name);
  TORCH_CHECK_VALUE(precision != Precision::kFloat16, "fp16 needs a GPU (--device cuda); fp32 works everywhere");
  TORCH_CHECK_VALUE(
      precision == Precision::kFloat32 || has_fast_bf16(),
      "bf16 needs a processor with AVX-512 BF16 or AMX, which this machine's is not; fp32 works everywhere");
  return precision;
}

}  // namespace tandem

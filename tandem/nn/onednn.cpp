#include "tandem/nn/onednn.h"

#include <ATen/Context.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <string>

namespace tandem::onednn {
namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using OptionalTensor = std::optional<at::Tensor>;
using PackLinear = at::Tensor(const at::Tensor&, std::optional<std::int64_t>);
using RunLinear = at::Tensor(const at::Tensor&, const at::Tensor&, const OptionalTensor&, std::string_view, Scalars,
                             std::optional<std::string_view>);
using PackConvolution = at::Tensor(const at::Tensor&, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, std::int64_t,
                                   at::OptionalIntArrayRef);
using RunConvolution = at::Tensor(const at::Tensor&, const at::Tensor&, const OptionalTensor&, at::IntArrayRef,
                                  at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view, Scalars,
                                  std::optional<std::string_view>);
using RunLinearPlus = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, const OptionalTensor&,
                                 std::string_view);
using AddConvolution = at::Tensor&(at::Tensor&, const at::Tensor&, const at::Tensor&, const OptionalTensor&,
                                   at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, std::int64_t, std::string_view,
                                   std::optional<at::Scalar>, std::optional<std::string_view>, Scalars,
                                   std::optional<std::string_view>);

struct Operators {
  c10::TypedOperatorHandle<PackLinear> pack_linear;
  c10::TypedOperatorHandle<RunLinear> linear;
  c10::TypedOperatorHandle<RunLinearPlus> linear_plus;
  c10::TypedOperatorHandle<PackConvolution> pack_convolution;
  c10::TypedOperatorHandle<RunConvolution> convolution;
  c10::TypedOperatorHandle<AddConvolution> add_convolution;
};

template <typename Signature>
c10::TypedOperatorHandle<Signature> find(const char* name, const char* overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

/// Nothing if LibTorch was built without oneDNN, or an operator is missing or has other arguments.
const std::optional<Operators>& operators() {
  static const std::optional<Operators> found = []() -> std::optional<Operators> {
    if (!at::Context::hasMKLDNN()) return std::nullopt;
    try {
      return Operators{.pack_linear = find<PackLinear>("mkldnn::_reorder_linear_weight"),
                       .linear = find<RunLinear>("mkldnn::_linear_pointwise"),
                       .linear_plus = find<RunLinearPlus>("mkldnn::_linear_pointwise", "binary"),
                       .pack_convolution = find<PackConvolution>("mkldnn::_reorder_convolution_weight"),
                       .convolution = find<RunConvolution>("mkldnn::_convolution_pointwise"),
                       .add_convolution = find<AddConvolution>("mkldnn::_convolution_pointwise_", "binary")};
    } catch (const c10::Error&) {
      return std::nullopt;
    }
  }();
  return found;
}

Scalars scalars_of(const Fused& fused) {
  Scalars list;
  for (const double scalar : fused.scalars) list.push_back(at::Scalar(scalar));
  return list;
}

}  // namespace

bool is_available() { return operators().has_value(); }

bool packs(Precision precision) {
  return is_available() && (precision == Precision::kFloat32 || (precision == Precision::kBFloat16 && has_fast_bf16()));
}

at::Tensor pack_linear(const at::Tensor& weight) { return operators()->pack_linear.call(weight, std::nullopt); }

at::Tensor linear(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias, const Fused& fused) {
  return operators()->linear.call(x, packed, bias, fused.name, scalars_of(fused), fused.algorithm);
}

at::Tensor linear_plus(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias, const at::Tensor& sum) {
  return operators()->linear_plus.call(x, sum, packed, bias, "add");
}

at::Tensor pack_convolution(const at::Tensor& weight, const ConvolutionSteps& steps, at::IntArrayRef sizes) {
  return operators()->pack_convolution.call(weight, {steps.padding_rows, steps.padding_columns},
                                            {steps.stride, steps.stride}, {1, 1}, steps.groups, sizes);
}

at::Tensor convolution(const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias,
                       const ConvolutionSteps& steps, const Fused& fused) {
  return operators()->convolution.call(x, packed, bias, {steps.padding_rows, steps.padding_columns},
                                       {steps.stride, steps.stride}, {1, 1}, steps.groups, fused.name,
                                       scalars_of(fused), fused.algorithm);
}

void add_convolution(at::Tensor& sum, const at::Tensor& x, const at::Tensor& packed, const at::Tensor& bias,
                     const ConvolutionSteps& steps, const Fused& fused) {
  const std::optional<std::string_view> then = fused.name == kNone ? std::nullopt : std::optional(fused.name);
  operators()->add_convolution.call(sum, x, packed, bias, {steps.padding_rows, steps.padding_columns},
                                    {steps.stride, steps.stride}, {1, 1}, steps.groups, "add", std::nullopt, then,
                                    scalars_of(fused), std::nullopt);
}

}  // namespace tandem::onednn

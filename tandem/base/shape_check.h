// One wording for "this tensor does not fit": the shape that was needed and the shape that was
// given.
#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace tandem {

/// Accepts any size in check_shape.
inline constexpr std::int64_t kAnySize = -1;

/// Throws c10::ValueError "FUNCTION: NAME must be [N, 512], got [N, 384]" unless `tensor` is
/// defined and has this shape. kAnySize matches every size and is shown as "*".
void check_shape(std::string_view function, std::string_view name, const at::Tensor& tensor,
                 std::initializer_list<std::int64_t> shape);

/// Throws c10::ValueError if `rows` holds NaN or infinity; the message names the function, the
/// tensor and the first such row.
///
///   rows  [N, D] or [N]  floating point
void check_finite(std::string_view function, std::string_view name, const at::Tensor& rows);

/// "[2, 512]", or "undefined".
std::string shape_text(const at::Tensor& tensor);

}  // namespace tandem

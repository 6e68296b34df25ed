// One vector for a caption or a picture, made from one vector per token or patch.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace tandem {

/// kCls takes the first token, kMean the average over the tokens, kMax the largest value of each
/// feature over them. kLast takes the last token; in CLIP's text tower this is the end token, which
/// is trained to gather the caption.
enum class Pooling { kCls, kMean, kMax, kLast };

/// "cls", "mean", "max" or "last".
std::string_view pooling_name(Pooling pooling);

/// The pooling of that name, or nothing if there is none.
std::optional<Pooling> parse_pooling(std::string_view name);

/// One vector per row, from the tokens that the mask selects.
///
///   states  [B, T, D]  floating point
///   mask    [B, T]     bool, true for a token; at least one in every row
///
/// Returns [B, D] of the type of `states`. kCls takes position 0 whatever the mask.
/// Throws c10::ValueError if the shapes or types differ from these, or T is 0. A row whose mask is
/// all false has no pooled vector: all but kCls then throw c10::ValueError.
at::Tensor pool(const at::Tensor& states, const at::Tensor& mask, Pooling pooling);

/// One vector per picture, from an image encoder's states.
///
///   states   [B, T, D]  floating point
///   leading  tokens before the patches (class, distillation, registers); 0 turns kCls off
///
/// Returns [B, D]. kCls takes position 0. kMean and kMax use only the patches, not the leading
/// tokens. Throws c10::ValueError if there is no patch, or no class token for kCls.
at::Tensor pool_patches(const at::Tensor& states, std::int64_t leading, Pooling pooling);

}  // namespace tandem

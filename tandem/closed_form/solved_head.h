// A linear map that was solved for as a head like those that are trained.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/closed_form/paired_axes.h"
#include "tandem/heads/projection_head.h"

namespace tandem {

/// The head that embeds features as mapped(on_axes(side, features), map) does, but for rounding:
/// linear, with the side's scaling.
///
///   map     [F, D]  from the side's axes, as LinearMaps holds them
///   tokens  of the features that the head is to take. The side's columns are those features' with
///           their mean in place of each block
///           (with_tokens_averaged); the head takes the tokens, which it averages itself
///   view_widths  of those features, as HeadOptions has them
/// Throws c10::ValueError if the map, the tokens or the views do not fit the side.
ProjectionHead solved_head(const SideAxes& side, const at::Tensor& map, const std::vector<PooledColumns>& tokens = {},
                           const std::vector<std::int64_t>& view_widths = {});

}  // namespace tandem

// Turns a linear map from a closed-form solution into a head like the trained ones.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/closed_form/paired_axes.h"
#include "tandem/heads/projection_head.h"

namespace tandem {

/// The head that embeds features as mapped(on_axes(side, features), map) does, except for rounding:
/// linear, with the side's scaling.
///
///   map          [F, D]  from the side's axes, as in LinearMaps
///   tokens       token blocks in the features of the new head. The side's columns are those
///                features with each block replaced by its mean (with_tokens_averaged); the head
///                takes the tokens and averages them itself
///   view_widths  of the head's features, as in HeadOptions
///
/// Throws c10::ValueError if the map, the tokens or the views do not fit the side.
ProjectionHead solved_head(const SideAxes& side, const at::Tensor& map, const std::vector<PooledColumns>& tokens = {},
                           const std::vector<std::int64_t>& view_widths = {});

}  // namespace tandem

// Which columns of a store's features belong together: views, tokens, and what learned pooling
// pools of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "tandem/features/feature_manifest.h"
#include "tandem/heads/head_options.h"

namespace tandem {

/// The columns of every view of tokens, in order.
std::vector<PooledColumns> token_columns(const std::vector<EncoderRecord>& encoders);

/// Columns of every view, in order: of several encoders, and of an encoder's layers and poolings.
/// Tokens of a view count as one. Where an encoder's views differ in width (layers of a
/// convolutional network), and of imported features, an encoder is one view beside its tokens.
std::vector<std::int64_t> view_widths(const std::vector<EncoderRecord>& encoders);

/// All columns of a side, as views to pool; none if there is but one view. Throws FileError naming
/// `features` if views are not all of one width, as the layers of a convolutional network are not.
std::vector<PooledColumns> view_columns(const std::vector<EncoderRecord>& encoders,
                                        const std::filesystem::path& features);

/// Sets what the heads pool. Where either side has tokens, those are pooled, by attention if
/// nothing else was asked for; otherwise views are, if that was asked for. Throws FileError as
/// view_columns.
void choose_pooled_columns(HeadOptions& image, HeadOptions& text, const FeatureManifest& manifest,
                           const std::filesystem::path& features);

}  // namespace tandem

#include "tandem/model/captioned_rows.h"

#include "tandem/heads/view_pooling.h"
#include "tandem/training/pooled_columns.h"

namespace tandem {
namespace {

/// Of views whose tokens stand as their mean.
std::vector<std::int64_t> averaged_widths(const std::vector<EncoderRecord>& encoders) {
  std::vector<std::int64_t> widths = view_widths(encoders);
  const std::vector<PooledColumns> tokens = token_columns(encoders);
  std::int64_t begin = 0;
  std::size_t block = 0;
  for (std::int64_t& width : widths) {
    const std::int64_t end = begin + width;
    if (block < tokens.size() && tokens[block].begin == begin) width = tokens[block++].width;
    begin = end;
  }
  return widths;
}

}  // namespace

CaptionedRows captioned_rows(const PairedFeatures& pairs, const FeatureManifest& manifest) {
  return {.image = with_tokens_averaged(pairs.image, token_columns(manifest.image_encoders)),
          .text = with_tokens_averaged(pairs.text, token_columns(manifest.text_encoders)),
          .image_of_text = pairs.image_of_text,
          .image_views = averaged_widths(manifest.image_encoders),
          .text_views = averaged_widths(manifest.text_encoders)};
}

}  // namespace tandem

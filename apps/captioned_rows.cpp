#include "apps/captioned_rows.h"

#include "apps/pooled_columns.h"
#include "tandem/heads/view_pooling.h"

namespace tandem::apps {

CaptionedRows captioned_rows(const PairedFeatures& pairs, const FeatureManifest& manifest) {
  return {.image = with_tokens_averaged(pairs.image, token_columns(manifest.image_encoders)),
          .text = with_tokens_averaged(pairs.text, token_columns(manifest.text_encoders)),
          .image_of_text = pairs.image_of_text};
}

}  // namespace tandem::apps

#include "tandem/model/run_of_training.h"

namespace tandem {

Run run_of(const TrainedHeads& trained, const TrainOptions& options, const UnscaledColumns& unscaled,
           const FeatureManifest& manifest, const std::filesystem::path& features_folder,
           const std::vector<EncoderRecord>& image_encoders, const std::vector<EncoderRecord>& text_encoders) {
  return {.image_heads = trained.image,
          .text_heads = trained.text,
          .logit_scale = trained.logit_scale,
          .best_epoch = trained.best_epoch,
          .dev_recall = trained.epochs[trained.best_epoch - 1].dev_recall,
          .options = options,
          .unscaled = unscaled,
          .data_name = manifest.data_name,
          .features_folder = features_folder,
          .features_plan = manifest.plan,
          .image_encoders = image_encoders,
          .text_encoders = text_encoders};
}

}  // namespace tandem

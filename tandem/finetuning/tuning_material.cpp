#include "tandem/finetuning/tuning_material.h"

#include <ATen/ops/cat.h>

#include <utility>

namespace tandem {

TuningMaterial read_tuning_material(const FeatureStore& store) {
  const PairedFeatures train = select_split(store, Split::kTrain);
  TuningMaterial material{.dev = select_split(store, Split::kDev)};
  for (const PairedFeatures* part : {&train, &std::as_const(material.dev)}) {
    for (const std::int64_t row : part->image_in_store) material.pictures.push_back(store.manifest().pictures[row]);
    for (const std::int64_t row : part->text_in_store) material.captions.push_back(store.manifest().captions[row]);
  }
  material.image = at::cat({train.image, material.dev.image});
  material.text = at::cat({train.text, material.dev.text});
  const at::Tensor partner = train.image_of_text.contiguous();
  const std::int64_t* rows = partner.const_data_ptr<std::int64_t>();
  material.pairs = {.train_images = train.image.size(0),
                    .image_of_train_text = {rows, rows + partner.numel()},
                    .dev_images = material.dev.image.size(0),
                    .dev_texts = material.dev.text.size(0)};
  return material;
}

}  // namespace tandem

#include "tandem/training/train_data.h"

#include "tandem/base/errors.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/path_text.h"
#include "tandem/training/checkpoint.h"
#include "tandem/training/pooled_columns.h"
#include "tandem/training/training_memory.h"

namespace tandem {

TrainData open_train_data(const std::filesystem::path& features, bool no_dev) {
  path_text(std::filesystem::absolute(features));  // The run remembers it; refused now, not after the training.
  TrainData data{.store = FeatureStore::open(features)};
  data.train = select_split(data.store, Split::kTrain);
  if (no_dev) return data;
  if (!has_split(data.store, Split::kDev))
    throw FileError(features, "dev pictures to choose on (--no-dev goes without them)", "none");
  data.dev = select_split(data.store, Split::kDev);
  return data;
}

std::string pairs_fingerprint(const TrainData& data) {
  Checksum checksum;
  for (const PairedFeatures* side : {&data.train, data.dev ? &*data.dev : nullptr}) {
    if (side == nullptr) continue;
    for (const auto* rows : {&side->image_in_store, &side->text_in_store}) {
      checksum.add_field({reinterpret_cast<const char*>(rows->data()), rows->size() * sizeof(std::int64_t)});
    }
  }
  return checksum.text();
}

TrainOptions settled(TrainOptions options, const TrainData& data) {
  choose_pooled_columns(options.image_head, options.text_head, data.store.manifest(), data.store.folder());
  check_memory(options, data.train.image.size(1), data.train.text.size(1));
  options.image_head.view_widths = view_widths(data.store.manifest().image_encoders);
  options.text_head.view_widths = view_widths(data.store.manifest().text_encoders);
  if (options.epochs == 0) options.epochs = default_epochs(data.train.text.size(0), options.batch_size);
  return options;
}

UnscaledColumns unscaled_columns(const TrainData& data, const TrainOptions& options) {
  return {.image = tandem::unscaled_columns(data.train.image, options.image_head),
          .text = tandem::unscaled_columns(data.train.text, options.text_head)};
}

}  // namespace tandem

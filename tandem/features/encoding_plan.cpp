#include "tandem/features/encoding_plan.h"

#include <algorithm>

#include "tandem/storage/checksum.h"

namespace tandem {
namespace {

void add_encoders(Checksum& plan, const std::vector<EncoderRecord>& encoders) {
  plan.add_field(std::to_string(encoders.size()));
  for (const EncoderRecord& encoder : encoders) plan.add_field(encoder.fingerprint).add_field(encoder.views);
}

}  // namespace

std::string image_plan(const CaptionSet& data, const std::vector<EncoderRecord>& image_encoders,
                       std::int64_t images_per_shard) {
  Checksum plan;
  plan.add_field("image plan 1").add_field(std::to_string(images_per_shard));
  add_encoders(plan, image_encoders);
  for (const CaptionedImage& image : data.images) {
    std::error_code error;
    const PictureSource& picture = image.picture;
    const auto size = std::filesystem::file_size(picture.file, error);
    const auto changed = std::filesystem::last_write_time(picture.file, error);
    plan.add_field(image.id)
        .add_field(std::to_string(size))
        .add_field(std::to_string(changed.time_since_epoch().count()));
    if (picture.is_whole_file()) continue;
    plan.add_field(std::to_string(picture.offset))
        .add_field(std::to_string(picture.bytes))
        .add_field(coding_name(picture.coding));
  }
  return plan.text();
}

std::string picture_key(const PictureSource& picture) {
  Checksum key;
  std::error_code error;
  key.add_field(std::filesystem::absolute(picture.file, error).lexically_normal().string())
      .add_field(std::to_string(std::filesystem::file_size(picture.file, error)))
      .add_field(std::to_string(std::filesystem::last_write_time(picture.file, error).time_since_epoch().count()))
      .add_field(std::to_string(picture.offset))
      .add_field(std::to_string(picture.bytes))
      .add_field(coding_name(picture.coding));
  return key.text();
}

std::string text_plan(const std::vector<std::string>& captions, const std::vector<EncoderRecord>& text_encoders,
                      std::int64_t captions_per_shard) {
  Checksum plan;
  plan.add_field("text plan 1").add_field(std::to_string(captions_per_shard));
  add_encoders(plan, text_encoders);
  for (const std::string& caption : captions) plan.add_field(caption);
  return plan.text();
}

std::int64_t bounded_rows(std::int64_t rows, std::int64_t width) {
  constexpr std::int64_t kMostNumbers = std::int64_t{64} << 20;
  return std::clamp<std::int64_t>(kMostNumbers / std::max<std::int64_t>(width, 1), 1, rows);
}

}  // namespace tandem

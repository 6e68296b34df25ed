#include "tandem/curation/picture_survey.h"

#include <algorithm>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/curation/perceptual_hash.h"
#include "tandem/images/resample.h"
#include "tandem/storage/checksum.h"

namespace tandem {
namespace {

SurveyedPicture survey(const PictureSource& source) {
  SurveyedPicture picture;
  try {
    const std::string bytes = read_source_bytes(source);
    picture.bytes = static_cast<std::int64_t>(bytes.size());
    picture.checksum = checksum_of(bytes);
    const RgbImage image = decode_picture(source, bytes);
    picture.height = image.height;
    picture.width = image.width;
    picture.hash = perceptual_hash(image);
    const RgbImage small = resize(image, kSurveySide, kSurveySide, Filter::kBox);
    std::copy(small.pixels.begin(), small.pixels.end(), picture.thumbnail.begin());
  } catch (const FileError& error) {
    picture.unreadable = error.what();
  }
  return picture;
}

}  // namespace

std::vector<SurveyedPicture> survey_pictures(const std::vector<PictureSource>& pictures, int threads,
                                             const Progress& progress) {
  const auto count = static_cast<std::int64_t>(pictures.size());
  std::vector<SurveyedPicture> surveyed(pictures.size());
  std::int64_t done = 0;
  for_each_batch(
      count, threads, [&](std::int64_t i) { surveyed[i] = survey(pictures[i]); },
      [&](std::int64_t) {
        if (progress) progress(++done, count);
      });
  return surveyed;
}

}  // namespace tandem

#include "tandem/evaluation/kept_survey.h"

#include <doctest/doctest.h>

#include "tandem/features/import_features.h"
#include "tandem/images/jpeg_codec.h"
#include "tandem/storage/atomic_file.h"
#include "test_data.h"
#include "training/toy_pairs.h"

using namespace tandem;
using tests::ScratchFolder;

TEST_CASE("some rows are surveyed without keeping, and from the kept survey they are the same") {
  const ScratchFolder folder;
  make_folder(folder / "pictures");
  const PairedFeatures pairs = tests::toy_pairs(4, 1);
  ImportedFeatures features{.image = pairs.image, .text = pairs.text, .pictures = folder / "pictures"};
  for (std::int64_t i = 0; i < 4; ++i) {
    features.image_ids.push_back(std::to_string(i) + ".jpg");
    const RgbImage image{.height = 10 + i, .width = 20, .pixels = std::vector<std::uint8_t>((10 + i) * 20 * 3, 90)};
    write_file(folder / "pictures" / features.image_ids.back(), encode_jpeg(image, 80));
    for (int caption = 0; caption < 2; ++caption) features.image_of_caption.push_back(i);
  }
  import_features(features, folder / "features");
  const FeatureStore store = FeatureStore::open(folder / "features");
  int looked = 0;
  const Stages stages = [&](const std::string&, const std::string&) {
    ++looked;
    return Progress();
  };
  const auto heights = [](const std::vector<SurveyedPicture>& survey) {
    std::vector<std::int64_t> all;
    for (const SurveyedPicture& picture : survey) all.push_back(picture.height);
    return all;
  };
  CHECK((heights(survey_of_rows(store, {3, 1}, stages)) == std::vector<std::int64_t>{13, 11}));
  CHECK((heights(survey_of_rows(store, {2}, stages)) == std::vector<std::int64_t>{12}));
  CHECK(looked == 2);
  kept_survey(store, stages, {});
  CHECK((heights(survey_of_rows(store, {3, 1}, stages)) == std::vector<std::int64_t>{13, 11}));
  CHECK(looked == 3);
}

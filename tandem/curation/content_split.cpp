#include "tandem/curation/content_split.h"

#include <c10/util/Exception.h>

#include <algorithm>

#include "tandem/data/split_by_hash.h"

namespace tandem {

std::string content_split_remark() { return split_remark("what they show; duplicates are on one side"); }

void split_by_content(CaptionSet& set, const std::vector<SurveyedPicture>& survey,
                      const std::vector<DuplicateGroup>& groups) {
  TORCH_CHECK_VALUE(set.splits_made, "split_by_content: the splits of ", set.name, " were given and must stay");
  TORCH_CHECK_VALUE(survey.size() == set.images.size(), "split_by_content: a survey of ", set.images.size(),
                    " pictures was needed, got ", survey.size());
  for (std::size_t i = 0; i < survey.size(); ++i) {
    if (!survey[i].checksum.empty()) set.images[i].split = split_by_hash(survey[i].checksum);
  }
  for (const DuplicateGroup& group : groups) {
    const auto smallest =
        std::min_element(group.pictures.begin(), group.pictures.end(),
                         [&](std::int64_t a, std::int64_t b) { return survey.at(a).checksum < survey.at(b).checksum; });
    const Split side = set.images[*smallest].split;
    for (const std::int64_t row : group.pictures) set.images[row].split = side;
  }
  replace_split_remark(set, content_split_remark());
}

void split_by_content(CaptionSet& set, int threads, const Progress& progress) {
  const std::vector<SurveyedPicture> survey = survey_pictures(picture_sources(set), threads, progress);
  split_by_content(set, survey, duplicate_groups(survey));
}

std::vector<PictureSource> picture_sources(const CaptionSet& set) {
  std::vector<PictureSource> sources;
  for (const CaptionedImage& image : set.images) sources.push_back(image.picture);
  return sources;
}

}  // namespace tandem

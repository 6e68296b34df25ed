// Train, dev and test told by what the pictures show, for data that come without split lists.
#pragma once

#include <string>

#include "tandem/curation/duplicate_groups.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/data/caption_set.h"

namespace tandem {

/// What content splits are called among a set's remarks.
std::string content_split_remark();

/// Moves every picture to the side split_by_hash tells for its bytes' checksum, and duplicates all
/// to the side of their smallest checksum, so that no picture has its like on another side. Names
/// do not matter; other pictures matter only to their own duplicates. A picture whose bytes cannot
/// be had keeps its side. The remark on the split is replaced.
///   survey  a row a picture of the set, in order; groups are of its rows
/// Throws c10::ValueError unless the set's splits were made, and survey has a row a picture.
void split_by_content(CaptionSet& set, const std::vector<SurveyedPicture>& survey,
                      const std::vector<DuplicateGroup>& groups);

/// The same, surveying the pictures first: every one is read and decoded.
void split_by_content(CaptionSet& set, int threads = 0, const Progress& progress = {});

/// The places of the set's pictures, for survey_pictures.
std::vector<PictureSource> picture_sources(const CaptionSet& set);

}  // namespace tandem

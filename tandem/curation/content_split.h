// Train, dev and test splits by the content of the pictures, for data without split lists.
#pragma once

#include <string>

#include "tandem/curation/duplicate_groups.h"
#include "tandem/curation/picture_survey.h"
#include "tandem/data/caption_set.h"

namespace tandem {

/// The remark that a set with content splits has.
std::string content_split_remark();

/// Gives every picture the split that split_by_hash returns for the checksum of its bytes. All
/// pictures of a duplicate group get the split of their smallest checksum, so that no picture has a
/// duplicate in another split. Names do not matter, and other pictures matter only to their
/// duplicates. A picture whose bytes cannot be read keeps its split. The set's remark on its split
/// is replaced.
///
///   survey  one row per picture of the set, in order
///   groups  duplicate groups of the survey's rows
///
/// Throws c10::ValueError unless the set's splits were made by its reader and survey has one row
/// per picture.
void split_by_content(CaptionSet& set, const std::vector<SurveyedPicture>& survey,
                      const std::vector<DuplicateGroup>& groups);

/// The same, but surveys the pictures first: every one is read and decoded.
///
///   threads  0: one per core
void split_by_content(CaptionSet& set, int threads = 0, const Progress& progress = {});

/// The sources of the set's pictures, for survey_pictures.
std::vector<PictureSource> picture_sources(const CaptionSet& set);

}  // namespace tandem

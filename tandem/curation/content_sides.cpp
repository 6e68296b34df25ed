#include "tandem/curation/content_sides.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "tandem/curation/content_split.h"
#include "tandem/data/split_by_hash.h"

namespace tandem {

void settle_sides(CaptionSet& set, int threads, const Stages& stages) {
  if (set.splits_made) split_by_content(set, threads, begin_stage(stages, "splitting by content", "pictures"));
}

bool take_sides(CaptionSet& set, const KeptSides& kept) {
  const std::string remark = content_split_remark();
  if (std::find(kept.remarks.begin(), kept.remarks.end(), remark) == kept.remarks.end()) return false;
  std::unordered_map<std::string_view, Split> side_of;
  for (std::size_t row = 0; row < kept.ids.size(); ++row) side_of.emplace(kept.ids[row], kept.splits[row]);
  for (CaptionedImage& image : set.images) {
    if (const auto side = side_of.find(image.id); side != side_of.end()) image.split = side->second;
  }
  replace_split_remark(set, remark);
  return true;
}

}  // namespace tandem

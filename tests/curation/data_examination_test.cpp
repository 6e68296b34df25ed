#include "tandem/curation/data_examination.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "curation/drawn_photo.h"
#include "data/has_remark.h"
#include "tandem/curation/content_split.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/images/jpeg_codec.h"

using namespace tandem;
using namespace tandem::tests;

namespace {

bool has_kind(const DataExamination& examined, const std::string& kind) {
  return std::any_of(examined.findings.begin(), examined.findings.end(),
                     [&](const Finding& finding) { return finding.kind == kind; });
}

}  // namespace

TEST_CASE("an examination finds what captions and pictures tell, the worst first") {
  PictureFolder folder;
  for (const char* name : {"a.jpg", "b.jpg"}) folder.add(name, encode_jpeg(drawn_photo(1), 90));
  folder.add("c.jpg", encode_jpeg(drawn_photo(2), 90));
  folder.add("d.jpg", "no picture");
  CaptionSet set{.name = "drawn", .images = {}, .remarks = {split_remark("their names")}, .splits_made = true};
  for (const PictureSource& source : folder.sources()) {
    const std::string id = source.file.filename().string();
    set.images.push_back({.id = id, .picture = source, .split = Split::kTrain, .captions = {"blob"}});
  }
  std::int64_t looked_at = 0;
  const Stages stages = [&](const std::string&, const std::string&) {
    return [&](std::int64_t done, std::int64_t) { looked_at = done; };
  };
  const DataExamination examined = examine_data("folder:drawn", set, {.threads = 1}, stages);
  CHECK(examined.spec == "folder:drawn");
  CHECK(looked_at == 4);
  CHECK(examined.looked_at_pictures());
  CHECK(examined.captions.captions == 4);
  CHECK(examined.groups.size() == 1);
  CHECK(has_kind(examined, "one_word_captions"));
  CHECK(has_kind(examined, "exact_duplicates"));
  CHECK(examined.count(Severity::kError) == 1);
  CHECK(examined.findings.front().severity == Severity::kError);
  CHECK(std::is_sorted(examined.findings.begin(), examined.findings.end(),
                       [](const Finding& a, const Finding& b) { return a.severity > b.severity; }));
  CHECK(has_remark(examined.set, content_split_remark()));

  const DataExamination unseen = examine_data("folder:drawn", set, {.pictures = false}, stages);
  CHECK_FALSE(unseen.looked_at_pictures());
  CHECK(unseen.groups.empty());
  CHECK(has_kind(unseen, "one_word_captions"));
  CHECK(unseen.set.remarks == set.remarks);
}

#include "tandem/curation/findings.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace tandem;

namespace {

CaptionedImage image(const std::string& id, Split split, std::vector<std::string> captions) {
  return {.id = id, .picture = {}, .split = split, .captions = std::move(captions)};
}

Finding found(const std::vector<Finding>& findings, const std::string& kind) {
  const auto finding = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.kind == kind; });
  REQUIRE_MESSAGE(finding != findings.end(), kind);
  return *finding;
}

CaptionSet small_set() {
  return {.name = "x",
          .images = {image("a", Split::kTrain, {"a brown dog", "A brown dog", "dog"}),
                     image("b", Split::kTest, {"a brown dog"}), image("c", Split::kNone, {"two cats"}),
                     image("d", Split::kTrain, {"a red car"})},
          .defects = {{.what = "captions that are not UTF-8", .places = {"line 3", "line 4"}, .file = "x.csv"},
                      {.what = "files of other kinds (1 .pdf)", .places = {"a.pdf"}, .is_note = true}}};
}

}  // namespace

TEST_CASE("captions that say little or say it twice are found") {
  const std::vector<Finding> findings = caption_findings(small_set());
  CHECK(found(findings, "one_word_captions").names == std::vector<std::string>{"a: \"dog\""});
  CHECK(found(findings, "one_word_captions").severity == Severity::kWarning);
  CHECK(found(findings, "short_captions").count == 2);
  CHECK(found(findings, "repeated_captions").names == std::vector<std::string>{"a: \"A brown dog\""});
  CHECK(found(findings, "shared_captions").names == std::vector<std::string>{"\"a brown dog\" on 2"});
  CHECK(found(findings, "captions_across_splits").count == 1);
  CHECK(found(findings, "no_split").names == std::vector<std::string>{"c"});
  CHECK(found(findings, "empty_splits").names == std::vector<std::string>{"dev"});
  CHECK(found(findings, "left_out").count == 2);
  CHECK(found(findings, "left_out").severity == Severity::kWarning);
  CHECK(found(findings, "skipped_files").names == std::vector<std::string>{"a.pdf"});
  CHECK(found(findings, "skipped_files").severity == Severity::kNote);
}

TEST_CASE("a caption that stands on one picture in a hundred is a warning") {
  CaptionSet set{.name = "x"};
  for (int i = 0; i < 10; ++i) set.images.push_back(image(std::to_string(i), Split::kTrain, {"IMAGE"}));
  CHECK(found(caption_findings(set), "shared_captions").severity == Severity::kWarning);
  set.images.pop_back();
  CHECK(found(caption_findings(set), "shared_captions").severity == Severity::kNote);
}

TEST_CASE("duplicates leak when they are on two sides and pictures in no split leak nowhere") {
  const CaptionSet set = small_set();
  std::vector<SurveyedPicture> survey = {{.checksum = "1", .height = 20, .width = 90},
                                         {.checksum = "1", .height = 20, .width = 90},
                                         {.checksum = "2", .height = 50, .width = 50},
                                         {.checksum = "3", .unreadable = "d: broken"}};
  survey[2].thumbnail[100] = 9;
  const auto across = picture_findings(set, survey, {{.pictures = {0, 1}, .exact = true}});
  CHECK(found(across, "leaks").severity == Severity::kError);
  CHECK(found(across, "leaks").names == std::vector<std::string>{"a (train) = b (test)"});
  CHECK(found(across, "exact_duplicates").count == 1);
  CHECK(found(across, "unreadable_pictures").names == std::vector<std::string>{"d: broken"});
  CHECK(found(across, "small_pictures").count == 2);
  CHECK(found(across, "blank_pictures").count == 2);
  CHECK(found(across, "blank_pictures").names.back() == "b (90 x 20)");
  CHECK(found(across, "elongated_pictures").names.front() == "a (90 x 20)");
  const auto inside = picture_findings(set, survey, {{.pictures = {0, 2, 3}, .exact = false}});
  CHECK(found(inside, "near_duplicates").count == 1);
  CHECK(std::none_of(inside.begin(), inside.end(), [](const Finding& f) { return f.kind == "leaks"; }));
}

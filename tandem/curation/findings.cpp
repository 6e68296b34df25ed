#include "tandem/curation/findings.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "tandem/curation/caption_statistics.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

constexpr std::size_t kNamedOfGroup = 5;
constexpr std::int64_t kShortWords = 3;
constexpr std::int64_t kSmallSide = 32;
constexpr std::int64_t kMostElongated = 3;

/// Counts one kind of thing and becomes a finding if any was met.
struct Count {
  Finding finding;
  void add(const std::string& name) {
    ++finding.count;
    finding.names.push_back(name);
  }
  void report(std::vector<Finding>& findings) const {
    if (finding.count > 0) findings.push_back(finding);
  }
};

Count counter(Severity severity, std::string kind, std::string what) {
  return {.finding = {.severity = severity, .kind = std::move(kind), .what = std::move(what)}};
}

/// No pixel of the thumbnail differs from the first by more than one level.
bool is_one_colour(const SurveyedPicture& picture) {
  const Thumbnail& thumbnail = picture.thumbnail;
  for (std::size_t i = 3; i < thumbnail.size(); ++i) {
    if (std::abs(thumbnail[i] - thumbnail[i % 3]) > 1) return false;
  }
  return true;
}

std::string quoted(const std::string& caption) { return "\"" + caption + "\""; }

/// The pictures that have a caption, capital letters aside; each once, ascending.
using Holders = std::map<std::string, std::vector<std::size_t>>;

Holders holders_of(const CaptionSet& set) {
  std::unordered_map<std::string, std::vector<std::size_t>> all;
  for (std::size_t i = 0; i < set.images.size(); ++i) {
    for (const std::string& caption : set.images[i].captions) {
      std::vector<std::size_t>& rows = all[lower_case(caption)];
      if (rows.empty() || rows.back() != i) rows.push_back(i);
    }
  }
  Holders shared;
  for (auto& [caption, rows] : all) {
    if (rows.size() > 1) shared.emplace(caption, std::move(rows));
  }
  return shared;
}

void find_shared_captions(const CaptionSet& set, std::vector<Finding>& findings) {
  const Holders shared = holders_of(set);
  std::vector<const Holders::value_type*> widest;
  for (const auto& entry : shared) widest.push_back(&entry);
  std::stable_sort(widest.begin(), widest.end(),
                   [](const auto* a, const auto* b) { return a->second.size() > b->second.size(); });
  const std::size_t many = std::max<std::size_t>(10, set.images.size() / 100);
  const bool hollow = !widest.empty() && widest.front()->second.size() >= many;
  Count several =
      counter(hollow ? Severity::kWarning : Severity::kNote, "shared_captions", "captions that several pictures have");
  Count across = counter(Severity::kNote, "captions_across_splits", "captions in train that dev or test have too");
  for (const auto* entry : widest) {
    const auto& [caption, rows] = *entry;
    several.add(quoted(caption) + " on " + std::to_string(rows.size()));
    const auto has = [&](auto... splits) {
      return std::any_of(rows.begin(), rows.end(),
                         [&](std::size_t row) { return ((set.images[row].split == splits) || ...); });
    };
    if (has(Split::kTrain) && has(Split::kDev, Split::kTest)) across.add(quoted(caption));
  }
  several.report(findings);
  across.report(findings);
}

std::string name_group(const CaptionSet& set, const DuplicateGroup& group) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamedOfGroup, group.pictures.size()); ++i) {
    const CaptionedImage& image = set.images[group.pictures[i]];
    text += (i == 0 ? "" : " = ") + image.id + " (" + std::string(split_name(image.split)) + ")";
  }
  return group.pictures.size() > kNamedOfGroup
             ? text + " and " + std::to_string(group.pictures.size() - kNamedOfGroup) + " more"
             : text;
}

}  // namespace

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    default:
      return "error";
  }
}

std::vector<Finding> caption_findings(const CaptionSet& set) {
  std::vector<Finding> findings;
  for (const Defect& defect : set.defects) {
    Count left_out = defect.is_note ? counter(Severity::kNote, "skipped_files", defect.what + " (left out)")
                                    : counter(Severity::kWarning, "left_out", defect.what + " (left out)");
    for (const std::string& place : defect.places)
      left_out.add(defect.file.empty() ? place : defect.file + ": " + place);
    left_out.report(findings);
  }
  Count empty = counter(Severity::kWarning, "empty_splits", "splits without a picture");
  for (const Split split : {Split::kTrain, Split::kDev, Split::kTest}) {
    const bool any = std::any_of(set.images.begin(), set.images.end(),
                                 [&](const CaptionedImage& image) { return image.split == split; });
    if (!any) empty.add(std::string(split_name(split)));
  }
  const bool has_splits = !set.is_gallery();
  if (has_splits) empty.report(findings);
  Count unsplit = counter(Severity::kNote, "no_split", "pictures in no split");
  Count single = counter(Severity::kWarning, "one_word_captions", "captions of one word");
  Count brief = counter(Severity::kNote, "short_captions", "captions with fewer than three words");
  Count repeated = counter(Severity::kNote, "repeated_captions", "captions that a picture has twice");
  for (const CaptionedImage& image : set.images) {
    if (has_splits && image.split == Split::kNone) unsplit.add(image.id);
    std::unordered_set<std::string> seen;
    for (const std::string& caption : image.captions) {
      const std::int64_t length = caption_length(caption);
      const std::string name = image.id + ": " + quoted(caption);
      if (length == 1) single.add(name);
      if (length < kShortWords) brief.add(name);
      if (!seen.insert(lower_case(caption)).second) repeated.add(name);
    }
  }
  for (const Count* count : {&unsplit, &single, &brief, &repeated}) count->report(findings);
  find_shared_captions(set, findings);
  return findings;
}

std::vector<Finding> picture_findings(const CaptionSet& set, const std::vector<SurveyedPicture>& survey,
                                      const std::vector<DuplicateGroup>& groups) {
  std::vector<Finding> findings;
  Count unreadable = counter(Severity::kError, "unreadable_pictures", "pictures that cannot be read");
  Count small = counter(Severity::kNote, "small_pictures", "pictures of less than 32 pixels a side");
  Count blank = counter(Severity::kWarning, "blank_pictures", "pictures of one colour");
  Count elongated = counter(Severity::kNote, "elongated_pictures", "pictures more than three times as long as wide");
  for (std::size_t i = 0; i < survey.size(); ++i) {
    const SurveyedPicture& picture = survey[i];
    if (!picture.readable()) {
      unreadable.add(picture.unreadable);
      continue;
    }
    const std::string name =
        set.images[i].id + " (" + std::to_string(picture.width) + " x " + std::to_string(picture.height) + ")";
    if (std::min(picture.width, picture.height) < kSmallSide) small.add(name);
    if (is_one_colour(picture)) blank.add(name);
    if (is_elongated(picture)) elongated.add(name);
  }
  Count leaking = counter(Severity::kError, "leaks", "groups of duplicates in several splits");
  Count exact = counter(Severity::kWarning, "exact_duplicates", "groups of byte-identical pictures");
  Count near = counter(Severity::kWarning, "near_duplicates", "groups of nearly identical pictures");
  for (const DuplicateGroup& group : groups) {
    const std::string name = name_group(set, group);
    (group.exact ? exact : near).add(name);
    if (leaks(set, group)) leaking.add(name);
  }
  for (const Count* count : {&unreadable, &leaking, &exact, &near, &blank, &small, &elongated}) count->report(findings);
  return findings;
}

bool leaks(const CaptionSet& set, const DuplicateGroup& group) {
  std::set<Split> sides;
  for (const std::int64_t row : group.pictures) sides.insert(set.images[row].split);
  sides.erase(Split::kNone);
  return sides.size() > 1;
}

bool is_elongated(const SurveyedPicture& picture) {
  return std::max(picture.width, picture.height) > kMostElongated * std::min(picture.width, picture.height);
}

}  // namespace tandem

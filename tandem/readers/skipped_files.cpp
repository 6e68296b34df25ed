#include "tandem/readers/skipped_files.h"

#include <algorithm>
#include <utility>

#include "tandem/images/picture_format.h"
#include "tandem/parsing/caption_text.h"

namespace tandem {
namespace {

constexpr std::size_t kShownEndings = 5;
constexpr std::size_t kLongestShownEnding = 10;

}  // namespace

void SkippedFiles::add(const std::filesystem::path& name) {
  std::string shown = printable(name.generic_string());
  if (has_foreign_picture_ending(name)) {
    foreign_.push_back(std::move(shown));
    return;
  }
  std::string ending = printable(lower_case(name.extension().string()));
  if (ending.size() > kLongestShownEnding) ending = "";
  by_ending_[ending].push_back(std::move(shown));
}

void SkippedFiles::count(PictureGathering& gathering) const {
  for (const std::string& name : foreign_) gathering.leave_out(kForeignPictures, name);
  if (by_ending_.empty()) return;
  std::vector<std::pair<std::string, std::vector<std::string>>> endings(by_ending_.begin(), by_ending_.end());
  std::stable_sort(endings.begin(), endings.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::string what = "files of other kinds (";
  for (std::size_t i = 0; i < std::min(kShownEndings, endings.size()); ++i) {
    const auto& [ending, names] = endings[i];
    what +=
        (i == 0 ? "" : ", ") + std::to_string(names.size()) + (ending.empty() ? " without an ending" : " " + ending);
  }
  what += endings.size() > kShownEndings ? " and others)" : ")";
  for (const auto& [ending, names] : endings) {
    for (const std::string& name : names) gathering.note(what, name);
  }
}

}  // namespace tandem

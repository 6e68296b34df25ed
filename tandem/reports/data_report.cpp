#include "tandem/reports/data_report.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <ostream>

#include "tandem/base/joined_text.h"
#include "tandem/base/number_text.h"
#include "tandem/base/printable.h"
#include "tandem/figures/data_page.h"
#include "tandem/reports/thumbnails.h"

namespace tandem {
namespace {

constexpr std::size_t kMostGroups = 200, kMostOdd = 60, kMostMembers = 12, kMostSizes = 8, kMostSamples = 36;
constexpr std::array kSplits = {Split::kTrain, Split::kDev, Split::kTest, Split::kNone};

struct SplitCount {
  std::int64_t pictures = 0;
  std::int64_t captions = 0;
};

std::map<Split, SplitCount> count_splits(const CaptionSet& set) {
  std::map<Split, SplitCount> counts;
  for (const CaptionedImage& image : set.images) {
    ++counts[image.split].pictures;
    counts[image.split].captions += static_cast<std::int64_t>(image.captions.size());
  }
  return counts;
}

/// "500 x 375" -> pictures, the commonest first.
std::vector<std::pair<std::string, std::int64_t>> count_sizes(const DataExamination& report) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> counts;
  for (const SurveyedPicture& picture : report.survey) {
    if (picture.readable()) ++counts[{picture.width, picture.height}];
  }
  std::vector<std::pair<std::string, std::int64_t>> sizes;
  for (const auto& [size, count] : counts)
    sizes.emplace_back(std::to_string(size.first) + " x " + std::to_string(size.second), count);
  std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return sizes;
}

using Bars = std::vector<std::pair<std::string, std::int64_t>>;

/// Width over height in steps that people have names for.
Bars count_shapes(const DataExamination& report) {
  constexpr std::array<std::pair<const char*, double>, 8> kShapes = {{{"under 1:3", 1.0 / 3},
                                                                      {"1:3 to 1:2", 0.5},
                                                                      {"1:2 to 3:4", 0.745},
                                                                      {"3:4 to square", 0.99},
                                                                      {"square", 1.01},
                                                                      {"square to 4:3", 1.34},
                                                                      {"4:3 to 2:1", 2.001},
                                                                      {"2:1 to 3:1", 3.001}}};
  Bars bars;
  for (const auto& [name, limit] : kShapes) bars.emplace_back(name, 0);
  bars.emplace_back("over 3:1", 0);
  for (const SurveyedPicture& picture : report.survey) {
    if (!picture.readable()) continue;
    const double ratio = static_cast<double>(picture.width) / static_cast<double>(picture.height);
    std::size_t i = 0;
    while (i < kShapes.size() && ratio >= kShapes[i].second) ++i;
    ++bars[i].second;
  }
  std::erase_if(bars, [](const auto& bar) { return bar.second == 0; });
  return bars;
}

/// One bar a length; the long tail beyond 30 words shares one.
Bars length_bars(const DataExamination& report) {
  constexpr std::int64_t kLast = 30;
  Bars bars;
  std::int64_t longer = 0;
  if (report.captions.lengths.empty()) return bars;
  for (std::int64_t words = report.captions.lengths.begin()->first; words <= kLast; ++words) {
    const auto found = report.captions.lengths.find(words);
    bars.emplace_back(std::to_string(words), found == report.captions.lengths.end() ? 0 : found->second);
  }
  for (const auto& [words, count] : report.captions.lengths) longer += words > kLast ? count : 0;
  while (!bars.empty() && longer == 0 && bars.back().second == 0) bars.pop_back();
  if (longer > 0) bars.emplace_back("more", longer);
  return bars;
}

/// Eighths of a block, so that small counts still show.
std::string bar_text(std::int64_t count, std::int64_t most) {
  constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  constexpr std::int64_t kColumns = 48;
  std::int64_t eighths = most > 0 ? count * kColumns * 8 / most : 0;
  if (count > 0) eighths = std::max<std::int64_t>(eighths, 1);
  std::string text;
  for (std::int64_t i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

void print_bars(const Bars& bars, std::ostream& out) {
  std::int64_t most = 0;
  std::size_t width = 6;
  for (const auto& [name, count] : bars) {
    most = std::max(most, count);
    width = std::max(width, name.size());
  }
  for (const auto& [name, count] : bars) {
    out << "  " << right_aligned(name, width) << right_aligned(with_thousands(count), 9) << "  "
        << bar_text(count, most) << "\n";
  }
}

double mean_length(const CaptionStatistics& captions) {
  double words = 0;
  for (const auto& [length, count] : captions.lengths) words += static_cast<double>(length * count);
  return captions.captions > 0 ? words / static_cast<double>(captions.captions) : 0;
}

std::string common_words(const CaptionStatistics& captions) {
  return joined_text(captions.common_words, ", ",
                     [](const auto& word) { return word.first + " " + with_thousands(word.second); });
}

void print_captions(const CaptionStatistics& captions, const Bars& lengths, std::ostream& out) {
  out << "\nCAPTIONS  words (pieces between spaces) in each, mean " << decimal(mean_length(captions), 1) << "\n";
  print_bars(lengths, out);
  Bars per_picture;
  for (const auto& [number, count] : captions.per_picture) per_picture.emplace_back(std::to_string(number), count);
  out << "\nCAPTIONS A PICTURE\n";
  if (per_picture.size() > 12) {
    out << "  from " << per_picture.front().first << " to " << per_picture.back().first << "\n";
  } else {
    print_bars(per_picture, out);
  }
  out << "\nWORDS  " << with_thousands(captions.vocabulary) << " different, " << with_thousands(captions.seen_once)
      << " of them seen once\n  " << printable_sentence(common_words(captions)) << "\n";
}

void print_pictures(const DataExamination& report, std::ostream& out) {
  if (!report.looked_at_pictures()) {
    out << "\nPICTURES were not looked at (--no-pixels)\n";
    return;
  }
  const auto sizes = count_sizes(report);
  out << "\nPICTURE SIZES  " << with_thousands(static_cast<std::int64_t>(sizes.size()))
      << " different, width x height\n";
  print_bars(Bars(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(std::min(kMostSizes, sizes.size()))), out);
  out << "\nPICTURE SHAPES  width to height\n";
  print_bars(count_shapes(report), out);
}

/// The first five names, and how many more there are: --json has them all.
std::vector<std::string> shown_names(const Finding& finding) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> names(finding.names.begin(), finding.names.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                                    kShown, finding.names.size())));
  if (finding.names.size() > kShown)
    names.push_back("and " + with_thousands(static_cast<std::int64_t>(finding.names.size() - kShown)) +
                    " more (--json has them)");
  return names;
}

std::string verdict(const DataExamination& report) {
  const auto plural = [](std::int64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  return plural(report.count(Severity::kError), "error") + ", " + plural(report.count(Severity::kWarning), "warning") +
         ", " + plural(report.count(Severity::kNote), "note");
}

Json counts_json(const Bars& bars, const char* name) {
  Json list = Json::array();
  for (const auto& [what, count] : bars) list.push_back({{name, what}, {"count", count}});
  return list;
}

Json numbers_json(const std::map<std::int64_t, std::int64_t>& counts, const char* name) {
  Json list = Json::array();
  for (const auto& [number, count] : counts) list.push_back({{name, number}, {"count", count}});
  return list;
}

Json pictures_json(const DataExamination& report) {
  if (!report.looked_at_pictures()) return Json();
  Json unreadable = Json::array();
  Json groups = Json::array();
  for (std::size_t i = 0; i < report.survey.size(); ++i) {
    if (!report.survey[i].readable())
      unreadable.push_back({{"id", report.set.images[i].id}, {"reason", report.survey[i].unreadable}});
  }
  for (const DuplicateGroup& group : report.groups) {
    Json members = Json::array();
    for (const std::int64_t row : group.pictures) {
      members.push_back({{"id", report.set.images[row].id},
                         {"split", split_name(report.set.images[row].split)},
                         {"bytes_checksum", report.survey[row].checksum}});
    }
    groups.push_back({{"exact", group.exact}, {"leaks", leaks(report.set, group)}, {"pictures", members}});
  }
  return {{"sizes", counts_json(count_sizes(report), "size")},
          {"shapes", counts_json(count_shapes(report), "shape")},
          {"unreadable", unreadable},
          {"duplicates", groups}};
}

/// Picks pictures for the page and remembers which thumbnail belongs where.
class PageBuilder {
 public:
  explicit PageBuilder(const DataExamination& report) : report_(report) {}

  void add_groups() {
    std::vector<const DuplicateGroup*> groups;
    for (const DuplicateGroup& group : report_.groups) groups.push_back(&group);
    std::stable_partition(groups.begin(), groups.end(), [&](const auto* group) { return leaks(report_.set, *group); });
    for (std::size_t i = 0; i < std::min(kMostGroups, groups.size()); ++i) {
      const DuplicateGroup& group = *groups[i];
      DataPageGroup shown{.title = group.exact ? "the same bytes" : "nearly identical",
                          .leaks = leaks(report_.set, group),
                          .pictures = {}};
      for (std::size_t k = 0; k < std::min(kMostMembers, group.pictures.size()); ++k)
        shown.pictures.push_back(picture(group.pictures[k]));
      if (group.pictures.size() > kMostMembers)
        shown.title += ", " + std::to_string(kMostMembers) + " of " + std::to_string(group.pictures.size()) + " shown";
      groups_.push_back(std::move(shown));
    }
  }

  void add_odd() {
    for (std::size_t i = 0; i < report_.survey.size() && odd_.size() < kMostOdd; ++i) {
      if (report_.survey[i].readable() && is_elongated(report_.survey[i]))
        odd_.push_back(picture(static_cast<std::int64_t>(i)));
    }
  }

  /// Pictures at even steps through the set; call it last.
  void add_samples() {
    std::vector<std::int64_t> readable;
    for (std::size_t i = 0; i < report_.survey.size(); ++i) {
      if (report_.survey[i].readable()) readable.push_back(static_cast<std::int64_t>(i));
    }
    const std::size_t shown = std::min(kMostSamples, readable.size());
    for (std::size_t k = 0; k < shown; ++k) samples_.push_back(picture(readable[k * readable.size() / shown]));
    samples_note_ = readable.size() > shown
                        ? with_thousands(static_cast<std::int64_t>(shown)) + " of " +
                              with_thousands(static_cast<std::int64_t>(readable.size())) +
                              " pictures, at even steps through the set, each with its first caption."
                        : "All pictures, each with its first caption.";
  }

  DataPage page() {
    std::vector<PictureSource> sources;
    for (const std::int64_t row : rows_) sources.push_back(report_.set.images[row].picture);
    const std::vector<std::string> thumbnails = thumbnail_uris(sources, page_thumbnail_side(std::ssize(sources)));
    auto next = thumbnails.begin();
    const auto fill = [&](std::vector<DataPagePicture>& pictures) {
      for (DataPagePicture& picture : pictures) picture.picture.thumbnail_data_uri = *next++;
    };
    for (DataPageGroup& group : groups_) fill(group.pictures);
    fill(odd_);
    fill(samples_);
    DataPage page{.title = "What is in " + report_.set.name, .note = report_.spec + ": " + verdict(report_) + "."};
    for (const std::string& remark : report_.set.remarks) page.remarks.push_back(remark);
    for (const Finding& finding : report_.findings) {
      page.findings.push_back({.severity = std::string(severity_name(finding.severity)),
                               .what = finding.what,
                               .count = finding.count,
                               .names = shown_names(finding)});
    }
    page.groups = std::move(groups_);
    page.odd = std::move(odd_);
    page.samples_note = samples_note_;
    page.samples = std::move(samples_);
    return page;
  }

 private:
  DataPagePicture picture(std::int64_t row) {
    rows_.push_back(row);
    const CaptionedImage& image = report_.set.images[row];
    const SurveyedPicture& seen = report_.survey[row];
    return {.picture = {.id = image.id, .thumbnail_data_uri = ""},
            .split = std::string(split_name(image.split)),
            .size = std::to_string(seen.width) + " x " + std::to_string(seen.height),
            .caption = image.captions.empty() ? "" : image.captions.front()};
  }

  const DataExamination& report_;
  std::vector<std::int64_t> rows_;  ///< in the order in which page() hands thumbnails out
  std::vector<DataPageGroup> groups_;
  std::vector<DataPagePicture> odd_;
  std::vector<DataPagePicture> samples_;
  std::string samples_note_;
};

}  // namespace

void print_report(const DataExamination& report, std::ostream& out) {
  const CaptionStatistics& captions = report.captions;
  out << printable(report.set.name) << "  " << printable(report.spec) << "\n\nSPLITS" << right_aligned("pictures", 14)
      << right_aligned("captions", 12) << "\n";
  auto counts = count_splits(report.set);
  for (const Split split : kSplits) {
    out << "  " << left_aligned(split == Split::kNone ? "in none" : std::string(split_name(split)), 8)
        << right_aligned(with_thousands(counts[split].pictures), 10)
        << right_aligned(with_thousands(counts[split].captions), 12) << "\n";
  }
  out << "  " << left_aligned("all", 8)
      << right_aligned(with_thousands(static_cast<std::int64_t>(report.set.images.size())), 10)
      << right_aligned(with_thousands(captions.captions), 12) << "\n";
  for (const std::string& remark : report.set.remarks) out << "  note: " << printable_sentence(remark) << "\n";

  if (!report.set.is_gallery()) print_captions(captions, length_bars(report), out);
  print_pictures(report, out);

  out << "\nFINDINGS  " << verdict(report) << "\n";
  for (const Finding& finding : report.findings) {
    out << "  " << left_aligned(std::string(severity_name(finding.severity)), 8)
        << right_aligned(with_thousands(finding.count), 7) << "  " << printable_sentence(finding.what) << "\n";
    for (const std::string& name : shown_names(finding))
      out << std::string(19, ' ') << printable_sentence(name) << "\n";
  }
}

Json report_json(const DataExamination& report) {
  Json splits, findings = Json::array();
  auto counts = count_splits(report.set);
  for (const Split split : kSplits)
    splits[std::string(split_name(split))] = {{"pictures", counts[split].pictures},
                                              {"captions", counts[split].captions}};
  for (const Finding& finding : report.findings) {
    findings.push_back({{"severity", severity_name(finding.severity)},
                        {"kind", finding.kind},
                        {"what", finding.what},
                        {"count", finding.count},
                        {"names", finding.names}});
  }
  const CaptionStatistics& captions = report.captions;
  return {{"data", report.spec},
          {"name", report.set.name},
          {"selection", report.set.selection},
          {"images", report.set.images.size()},
          {"captions", captions.captions},
          {"splits", splits},
          {"splits_made", report.set.splits_made},
          {"remarks", report.set.remarks},
          {"captions_per_picture", numbers_json(captions.per_picture, "captions")},
          {"caption_lengths", numbers_json(captions.lengths, "words")},
          {"mean_caption_length", mean_length(captions)},
          {"vocabulary", captions.vocabulary},
          {"words_seen_once", captions.seen_once},
          {"common_words", counts_json(captions.common_words, "word")},
          {"pictures", pictures_json(report)},
          {"findings", findings},
          {"errors", report.count(Severity::kError)},
          {"warnings", report.count(Severity::kWarning)},
          {"notes", report.count(Severity::kNote)},
          {"seconds", report.seconds}};
}

void write_report_page(const DataExamination& report, const std::filesystem::path& out) {
  PageBuilder builder(report);
  builder.add_groups();
  builder.add_odd();
  builder.add_samples();
  DataPage page = builder.page();
  auto counts = count_splits(report.set);
  DataPageTable splits{.title = "Pictures a split", .bars = {}};
  for (const Split split : kSplits)
    splits.bars.emplace_back(split == Split::kNone ? "in none" : std::string(split_name(split)),
                             counts[split].pictures);
  page.tables.push_back(splits);
  page.tables.push_back({.title = "Words in a caption", .bars = length_bars(report)});
  page.tables.push_back({.title = "Commonest words (" + with_thousands(report.captions.vocabulary) + " different)",
                         .bars = report.captions.common_words});
  if (report.looked_at_pictures()) {
    Bars sizes = count_sizes(report);
    if (sizes.size() > 20) sizes.resize(20);
    page.tables.push_back({.title = "Commonest sizes", .bars = sizes});
    page.tables.push_back({.title = "Shapes, width to height", .bars = count_shapes(report)});
  }
  std::erase_if(page.tables, [](const DataPageTable& table) { return table.bars.empty(); });
  write_data_page(out, page);
}

}  // namespace tandem

#include "tandem/curation/duplicate_groups.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "tandem/curation/near_hashes.h"

namespace tandem {
namespace {

constexpr double kMeanLevels = 16;
constexpr double kContrastShare = 0.25;
constexpr double kFlatLevels = 1.5;  // What recompression does to a thumbnail.
constexpr double kSidesShare = 1.1;

std::array<double, 3> channel_means(const Thumbnail& thumbnail) {
  std::array<double, 3> means = {};
  for (std::size_t i = 0; i < thumbnail.size(); ++i) means[i % 3] += thumbnail[i];
  for (double& mean : means) mean /= kSurveySide * kSurveySide;
  return means;
}

/// Disjoint sets of rows; the first row of a set stands for it.
class Sets {
 public:
  explicit Sets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0); }

  std::int64_t first_of(std::int64_t row) {
    while (parent_[row] != row) row = parent_[row] = parent_[parent_[row]];
    return row;
  }
  void join(std::int64_t a, std::int64_t b) {
    a = first_of(a);
    b = first_of(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::int64_t> parent_;
};

}  // namespace

bool look_alike(const SurveyedPicture& a, const SurveyedPicture& b) {
  const double sides = static_cast<double>(a.height * b.width) / static_cast<double>(a.width * b.height);
  if (std::max(sides, 1 / sides) > kSidesShare) return false;
  const std::array<double, 3> mean_a = channel_means(a.thumbnail);
  const std::array<double, 3> mean_b = channel_means(b.thumbnail);
  for (int c = 0; c < 3; ++c) {
    if (std::abs(mean_a[c] - mean_b[c]) > kMeanLevels) return false;
  }
  double contrast_a = 0, contrast_b = 0, difference = 0;
  for (std::size_t i = 0; i < a.thumbnail.size(); ++i) {
    const double from_a = a.thumbnail[i] - mean_a[i % 3];
    const double from_b = b.thumbnail[i] - mean_b[i % 3];
    contrast_a += from_a * from_a;
    contrast_b += from_b * from_b;
    difference += (from_a - from_b) * (from_a - from_b);
  }
  const auto levels = [&](double sum) { return std::sqrt(sum / static_cast<double>(a.thumbnail.size())); };
  return levels(difference) <= std::max(kFlatLevels, kContrastShare * levels(std::min(contrast_a, contrast_b)));
}

std::vector<DuplicateGroup> duplicate_groups(const std::vector<SurveyedPicture>& pictures, int distance) {
  Sets sets(pictures.size());
  std::unordered_map<std::string_view, std::int64_t> first_with;  // Checksum to row.
  std::vector<std::int64_t> readable;                             // One of each content is enough to compare.
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i].checksum.empty()) continue;
    const auto row = static_cast<std::int64_t>(i);
    const auto [known, is_new] = first_with.try_emplace(pictures[i].checksum, row);
    if (!is_new) {
      sets.join(known->second, row);
    } else if (pictures[i].readable()) {
      readable.push_back(row);
      hashes.push_back(pictures[i].hash);
    }
  }
  for_each_near_pair(hashes, distance, [&](std::size_t i, std::size_t j) {
    const std::int64_t a = readable[i];
    const std::int64_t b = readable[j];
    if (sets.first_of(a) != sets.first_of(b) && look_alike(pictures[a], pictures[b])) sets.join(a, b);
  });

  std::vector<std::vector<std::int64_t>> members(pictures.size());
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    members[sets.first_of(row)].push_back(row);
  }
  std::vector<DuplicateGroup> groups;
  for (std::vector<std::int64_t>& rows : members) {
    if (rows.size() < 2) continue;
    const std::string& first = pictures[rows.front()].checksum;
    const bool exact =
        std::all_of(rows.begin(), rows.end(), [&](std::int64_t row) { return pictures[row].checksum == first; });
    groups.push_back({.pictures = std::move(rows), .exact = exact});
  }
  return groups;
}

}  // namespace tandem

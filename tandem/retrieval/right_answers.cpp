#include "tandem/retrieval/right_answers.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <unordered_map>

namespace tandem {
namespace {

void sort_unique(std::vector<std::int64_t>& rows) {
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
}

}  // namespace

RightAnswers::RightAnswers(const at::Tensor& image_of_text, std::int64_t images, std::int64_t other_images,
                           const SameCaptions& same)
    : images_(images), groups_of_image_(images + other_images) {
  const auto partner = image_of_text.accessor<std::int64_t, 1>();
  const std::int64_t texts = partner.size(0);
  TORCH_CHECK_VALUE(same.empty() || static_cast<std::int64_t>(same.of_text.size()) == texts,
                    "RightAnswers: of_text must be of the ", texts, " captions, got ", same.of_text.size());
  TORCH_CHECK_VALUE(same.of_other.size() == same.image_of_other.size(),
                    "RightAnswers: image_of_other must be as long as of_other (", same.of_other.size(), "), got ",
                    same.image_of_other.size());
  std::unordered_map<std::int64_t, std::int64_t> number_of;  // of a text, counted from 0
  const auto numbered = [&](std::int64_t text) {
    return number_of.try_emplace(text, static_cast<std::int64_t>(number_of.size())).first->second;
  };
  for (std::int64_t j = 0; j < texts; ++j) {
    TORCH_CHECK_VALUE(partner[j] >= 0 && partner[j] < images, "RightAnswers: image_of_text must hold rows of the ",
                      images, " pictures, got ", partner[j]);
    group_of_text_.push_back(numbered(same.empty() ? j : same.of_text[j]));
    add(j, partner[j], group_of_text_.back());
  }
  for (std::size_t j = 0; j < same.of_other.size(); ++j) {
    TORCH_CHECK_VALUE(same.image_of_other[j] >= 0 && same.image_of_other[j] < other_images,
                      "RightAnswers: image_of_other must hold rows of the ", other_images, " distractors, got ",
                      same.image_of_other[j]);
    add(texts + static_cast<std::int64_t>(j), images + same.image_of_other[j], numbered(same.of_other[j]));
  }
  for (auto& groups : groups_of_image_) sort_unique(groups);
  for (auto& rows : images_of_group_) sort_unique(rows);
}

void RightAnswers::add(std::int64_t text, std::int64_t image, std::int64_t group) {
  if (group == static_cast<std::int64_t>(texts_of_group_.size())) {
    texts_of_group_.emplace_back();
    images_of_group_.emplace_back();
  }
  texts_of_group_[group].push_back(text);
  images_of_group_[group].push_back(image);
  groups_of_image_[image].push_back(group);
}

std::vector<std::int64_t> RightAnswers::texts_of(std::int64_t image) const {
  std::vector<std::int64_t> texts;
  for (const std::int64_t group : groups_of_image_[image])
    texts.insert(texts.end(), texts_of_group_[group].begin(), texts_of_group_[group].end());
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::int64_t RightAnswers::shared_captions() const {
  return std::count_if(group_of_text_.begin(), group_of_text_.end(),
                       [&](std::int64_t group) { return images_of_group_[group].size() > 1; });
}

std::int64_t RightAnswers::different_captions() const {
  std::vector<std::int64_t> groups = group_of_text_;
  sort_unique(groups);
  return static_cast<std::int64_t>(groups.size());
}

std::vector<std::int64_t> RightAnswers::texts_per_image() const {
  std::vector<std::int64_t> counts;
  for (std::int64_t i = 0; i < images_; ++i) {
    counts.push_back(0);
    for (const std::int64_t group : groups_of_image_[i])
      counts.back() += static_cast<std::int64_t>(texts_of_group_[group].size());
  }
  return counts;
}

std::vector<std::int64_t> RightAnswers::images_per_text() const {
  std::vector<std::int64_t> counts;
  for (const std::int64_t group : group_of_text_)
    counts.push_back(static_cast<std::int64_t>(images_of_group_[group].size()));
  return counts;
}

}  // namespace tandem

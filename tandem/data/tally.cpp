#include "tandem/data/tally.h"

namespace tandem {
namespace {

constexpr std::size_t kNamed = 3;

}  // namespace

void Tally::add(std::string_view name) {
  ++count_;
  if (first_.size() < kNamed) first_.emplace_back(name);
}

std::string Tally::names() const {
  std::string text;
  for (const std::string& name : first_) text += (text.empty() ? "" : ", ") + name;
  const std::int64_t more = count_ - static_cast<std::int64_t>(first_.size());
  return more > 0 ? text + " and " + std::to_string(more) + " more" : text;
}

void Tally::remark(std::vector<std::string>& remarks, std::string_view what) const {
  if (count_ > 0) remarks.push_back(std::string(what) + ": " + std::to_string(count_) + " (" + names() + ")");
}

void Tally::defect(std::vector<Defect>& defects, std::string_view what) const {
  if (count_ > 0) defects.push_back({.what = std::string(what), .count = count_, .names = names()});
}

}  // namespace tandem

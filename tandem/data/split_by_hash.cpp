#include "tandem/data/split_by_hash.h"

#include <string>

#include "tandem/storage/checksum.h"

namespace tandem {
namespace {

constexpr std::string_view kRemarkBegin = "no split was given";

}  // namespace

Split split_by_hash(std::string_view key) {
  const unsigned long percent = std::stoul(checksum_of(key).substr(0, 8), nullptr, 16) % 100;
  if (percent < 80) return Split::kTrain;
  return percent < 90 ? Split::kDev : Split::kTest;
}

std::string split_remark(std::string_view what) {
  return std::string(kRemarkBegin) + ": the pictures are split 80 / 10 / 10 into train, dev and test by the hash of " +
         std::string(what);
}

void replace_split_remark(CaptionSet& set, const std::string& remark) {
  std::erase_if(set.remarks, [](const std::string& said) { return said.starts_with(kRemarkBegin); });
  set.remarks.push_back(remark);
}

}  // namespace tandem

#include "tandem/features/shard_file.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "tandem/base/errors.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

const char* prefix_of(ShardSide side) { return side == ShardSide::kImage ? "image-" : "text-"; }

std::vector<std::filesystem::path> shards_in(const std::filesystem::path& folder, ShardSide side) {
  std::vector<std::filesystem::path> shards;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (is_shard_name(entry.path().filename().string(), side)) shards.push_back(entry.path());
  }
  std::sort(shards.begin(), shards.end());
  return shards;
}

/// Has the beginning and the end of a shard's name, so that unused files are removed when the
/// encoding is finished.
std::string begun_name(const std::string& name) {
  return std::filesystem::path(name).stem().string() + ".begun.safetensors";
}

std::string unreadable_text(const std::vector<UnreadableImage>& unreadable) {
  Json list = Json::array();
  for (const UnreadableImage& image : unreadable) list.push_back({{"index", image.index}, {"reason", image.reason}});
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<UnreadableImage> unreadable_of(const SafetensorsFile& file) {
  std::vector<UnreadableImage> unreadable;
  for (const Json& image : parse_json(file.metadata().at("unreadable"), file.path())) {
    unreadable.push_back({.index = json_field<std::int64_t>(image, "index", file.path()),
                          .reason = json_field<std::string>(image, "reason", file.path())});
  }
  return unreadable;
}

}  // namespace

std::string shard_name(ShardSide side, std::int64_t number) {
  std::array<char, 40> name = {};
  std::snprintf(name.data(), name.size(), "%s%05lld.safetensors", prefix_of(side), static_cast<long long>(number));
  return name.data();
}

bool is_shard_name(const std::string& name, ShardSide side) {
  const std::string_view prefix = prefix_of(side);
  if (!name.starts_with(prefix) || !name.ends_with(".safetensors")) return false;
  const std::size_t digits_end = name.find_first_not_of("0123456789", prefix.size());
  return digits_end >= prefix.size() + 5 && name[digits_end] == '.';
}

FeatureShard write_shard(const std::filesystem::path& folder, const std::string& name, const std::string& plan,
                         const ShardContent& content) {
  const std::string checksum = write_safetensors(folder / name, {{"features", content.features}},
                                                 {{"plan", plan}, {"unreadable", unreadable_text(content.unreadable)}});
  std::filesystem::remove(folder / begun_name(name));
  return {.file = name, .rows = content.features.size(0), .checksum = checksum};
}

void write_begun_shard(const std::filesystem::path& folder, const std::string& name, const std::string& plan,
                       const BegunShard& begun) {
  write_safetensors(folder / begun_name(name), {{"features", begun.content.features}},
                    {{"plan", plan},
                     {"unreadable", unreadable_text(begun.content.unreadable)},
                     {"done", std::to_string(begun.done)}});
}

std::optional<BegunShard> find_begun_shard(const std::filesystem::path& folder, const std::string& name,
                                           const std::string& plan) {
  const std::filesystem::path path = folder / begun_name(name);
  if (!std::filesystem::exists(path)) return std::nullopt;
  try {
    const SafetensorsFile file = SafetensorsFile::open_checked(path);
    const auto& metadata = file.metadata();
    if (metadata.count("plan") == 0 || metadata.at("plan") != plan || metadata.count("done") == 0 ||
        !file.has("features"))
      return std::nullopt;
    // A copy, because the file is replaced while its rows are in use.
    return BegunShard{.content = {.features = file.tensor("features").clone(), .unreadable = unreadable_of(file)},
                      .done = parse_json(metadata.at("done"), path).get<std::int64_t>()};
  } catch (const FileError&) {
    return std::nullopt;
  }
}

std::optional<FoundShard> find_shard(const std::filesystem::path& folder, const std::string& name,
                                     const std::string& plan) {
  if (!std::filesystem::exists(folder / name)) return std::nullopt;
  try {
    const SafetensorsFile file = SafetensorsFile::open_checked(folder / name);
    if (file.metadata().count("plan") == 0 || file.metadata().at("plan") != plan || !file.has("features"))
      return std::nullopt;
    FoundShard found{
        .entry = {.file = name, .rows = file.entries().at("features").shape.at(0), .checksum = *file.checksum()}};
    found.unreadable = unreadable_of(file);
    return found;
  } catch (const FileError&) {
    return std::nullopt;
  }
}

std::optional<std::string> plan_of_shards(const std::filesystem::path& folder, ShardSide side) {
  for (const std::filesystem::path& shard : shards_in(folder, side)) {
    try {
      const SafetensorsFile file = SafetensorsFile::open(shard);
      if (file.metadata().count("plan") != 0) return file.metadata().at("plan");
    } catch (const FileError&) {
      continue;  // A damaged shard belongs to no plan and may be replaced.
    }
  }
  return std::nullopt;
}

void remove_other_shards(const std::filesystem::path& folder, const std::vector<FeatureShard>& kept) {
  for (const ShardSide side : {ShardSide::kImage, ShardSide::kText}) {
    for (const std::filesystem::path& shard : shards_in(folder, side)) {
      const std::string name = shard.filename().string();
      if (std::none_of(kept.begin(), kept.end(), [&](const FeatureShard& entry) { return entry.file == name; })) {
        std::filesystem::remove(shard);
      }
    }
  }
}

}  // namespace tandem

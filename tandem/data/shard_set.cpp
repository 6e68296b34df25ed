#include "tandem/data/shard_set.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>

#include "tandem/base/errors.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/durable_folder.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kFormat = "tandem shards";
constexpr int kVersion = 1;
constexpr std::string_view kListEnding = ".shards.json";

struct ListedShard {
  std::string name;
  std::int64_t bytes = 0;
};

/// The content of a list.
struct ShardList {
  Path file;
  std::vector<ListedShard> shards;
  Path staged;                       ///< the folder of shards that are not in place yet; removed when all are
  std::vector<std::string> surplus;  ///< shards of the older set, removed before `staged`

  Path folder() const { return file.parent_path(); }
  bool is_settled() const { return !std::filesystem::is_directory(staged); }
  /// Where the shard is now.
  Path place(const std::string& name) const {
    return std::filesystem::exists(staged / name) ? staged / name : folder() / name;
  }
};

Path in_folder(const Path& folder, const std::string& name) { return folder.empty() ? Path(name) : folder / name; }

const std::string& plain_name(const std::string& name, const Path& file) {
  if (!is_plain_name(name)) throw FileError(file, "plain names of files beside it", "others");
  return name;
}

ShardList read_list(const Path& file) {
  const Json json = read_checked_json(file);
  const auto format = json_field<std::string>(json, "format", file);
  const auto version = json_field<int>(json, "version", file);
  if (format != kFormat || version != kVersion) {
    throw FileError(file, std::string(kFormat) + ", version " + std::to_string(kVersion),
                    format + ", version " + std::to_string(version));
  }
  ShardList list{.file = file};
  for (const Json& shard : json_field<Json>(json, "shards", file)) {
    list.shards.push_back({.name = plain_name(json_field<std::string>(shard, "file", file), file),
                           .bytes = json_field<std::int64_t>(shard, "bytes", file)});
  }
  list.staged = in_folder(file.parent_path(), plain_name(json_field<std::string>(json, "staged", file), file));
  for (const auto& name : json_field<std::vector<std::string>>(json, "surplus", file))
    list.surplus.push_back(plain_name(name, file));
  return list;
}

void check_whole(const ShardList& list, const ListedShard& shard) {
  std::error_code error;
  const auto found = std::filesystem::file_size(list.place(shard.name), error);
  if (!error && static_cast<std::int64_t>(found) == shard.bytes) return;
  throw FileError(list.file,
                  "all shards of the set as they were written, \"" + shard.name + "\" of " +
                      std::to_string(shard.bytes) + " bytes (without this list they are read as they are)",
                  error ? "none of that name" : std::to_string(found) + " bytes");
}

std::vector<Path> files_ending(const Path& folder, std::string_view ending) {
  std::vector<Path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (lower_case(entry->path().filename().string()).ends_with(ending)) files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Lists of ours; a file of that ending may be another program's.
std::vector<ShardList> lists_in(const Path& folder) {
  std::vector<ShardList> lists;
  for (const Path& file : files_ending(folder, kListEnding)) {
    const Json json = read_json(file);
    if (json.is_object() && json.contains("format") && json.at("format") == kFormat) lists.push_back(read_list(file));
  }
  return lists;
}

void rename_or_complain(const Path& from, const Path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) throw FileError(to, "a file that can be replaced", error.message());
}

/// Puts the shards of a list in place and removes those they replace. May be called again after an
/// interruption at any point.
void settle(const ShardList& list) {
  for (const ListedShard& shard : list.shards) {
    if (std::filesystem::exists(list.staged / shard.name))
      rename_or_complain(list.staged / shard.name, list.folder() / shard.name);
  }
  std::error_code ignored;
  for (const std::string& name : list.surplus) std::filesystem::remove(list.folder() / name, ignored);
  make_names_durable(list.folder().empty() ? Path(".") : list.folder());
  std::filesystem::remove_all(list.staged, ignored);
}

}  // namespace

Path shard_list_file(const OpenPattern& pattern) {
  return pattern.before + "set" + pattern.after + std::string(kListEnding);
}

NewShardSet::NewShardSet(const OpenPattern& pattern, std::size_t count, bool replace)
    : pattern_(pattern), list_(shard_list_file(pattern)), folder_(list_.parent_path()) {
  if (pattern.after.find('/') != std::string::npos)
    throw FileError(pattern.name(0), "shards in one folder", "a folder counted by the pattern");
  if (!folder_.empty()) make_folder(folder_);
  lock_ = std::make_unique<OutputLock>(list_);
  std::vector<std::string> older;
  if (std::filesystem::exists(list_)) {
    if (!replace) throw FileError(list_, "no file of that name yet (--replace writes over its set)", "one");
    const ShardList list = read_list(list_);
    if (!list.is_settled()) settle(list);
    for (const ListedShard& shard : list.shards) older.push_back(shard.name);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const Path path = pattern.name(i);
    names_.push_back(path.filename().string());
    if (!replace && std::filesystem::exists(path))
      throw FileError(path, "no file of that name yet (--replace writes over it)", "one");
  }
  if (older.empty()) {
    for (std::size_t i = count; std::filesystem::exists(pattern.name(i)); ++i)
      older.push_back(Path(pattern.name(i)).filename().string());
    if (!replace && !older.empty())
      throw FileError(in_folder(folder_, older.front()), "no file of that name yet (--replace removes it with its set)",
                      "one");
  }
  const std::set<std::string> kept(names_.begin(), names_.end());
  std::copy_if(older.begin(), older.end(), std::back_inserter(surplus_),
               [&](const std::string& name) { return kept.count(name) == 0; });
  remove_stale_temporaries(list_);
  staged_ = temporary_name(list_);
  if (::mkdir(staged_.c_str(), 0777) != 0) {
    const int error_number = errno;
    staged_.clear();
    throw FileError(list_, "a folder that can be written to", system_message(error_number));
  }
}

NewShardSet::~NewShardSet() {
  std::error_code ignored;
  if (!staged_.empty()) std::filesystem::remove_all(staged_, ignored);
}

Path NewShardSet::place(std::size_t number) const { return staged_ / names_.at(number); }

void NewShardSet::commit() {
  put_list();
  put_shards();
}

void NewShardSet::put_list() {
  Json shards = Json::array();
  for (const std::string& name : names_)
    shards.push_back({{"file", name}, {"bytes", std::filesystem::file_size(staged_ / name)}});
  const Path list = staged_ / list_.filename();
  write_checked_json(list, {{"format", kFormat},
                            {"version", kVersion},
                            {"shards", shards},
                            {"staged", staged_.filename().string()},
                            {"surplus", surplus_}});
  rename_or_complain(list, list_);
  staged_.clear();  // From now on it belongs to the set.
  make_names_durable(folder_.empty() ? Path(".") : folder_);
}

void NewShardSet::put_shards() { settle(read_list(list_)); }

std::vector<Path> shards_in_folder(const Path& folder) {
  std::map<std::string, Path> places;
  for (const Path& file : files_ending(folder, ".tar")) places[file.filename().string()] = file;
  for (const ShardList& list : lists_in(folder)) {
    if (!list.is_settled()) {
      for (const std::string& name : list.surplus) places.erase(name);
    }
    for (const ListedShard& shard : list.shards) {
      check_whole(list, shard);
      places[shard.name] = list.place(shard.name);
    }
  }
  std::vector<Path> shards;
  for (const auto& [name, place] : places) shards.push_back(place);
  return shards;
}

std::vector<Path> named_shards(const std::vector<std::string>& names) {
  std::map<Path, std::map<std::string, Path>> places;  // By folder and name.
  for (const Path path : names) places[path.parent_path()][path.filename().string()] = path;
  for (auto& [folder, wanted] : places) {
    for (const ShardList& list : lists_in(folder.empty() ? Path(".") : folder)) {
      for (const ListedShard& shard : list.shards) {
        const auto place = wanted.find(shard.name);
        if (place == wanted.end()) continue;
        check_whole(list, shard);
        place->second = list.place(shard.name);
      }
    }
  }
  std::vector<Path> shards;
  for (const Path path : names) shards.push_back(places[path.parent_path()][path.filename().string()]);
  return shards;
}

bool has_shards(const Path& folder) {
  return !files_ending(folder, ".tar").empty() || !files_ending(folder, kListEnding).empty();
}

}  // namespace tandem

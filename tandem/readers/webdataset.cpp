#include "tandem/readers/webdataset.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/worker_batches.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/shard_set.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/split_in_name.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/brace_pattern.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/tar_members.h"
#include "tandem/readers/columnar_data.h"
#include "tandem/readers/skipped_files.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kLongestText = std::int64_t{1} << 20;

/// Subfolders with shards, sorted by name. Hidden ones are what an interrupted writer left.
std::vector<Path> folders_with_shards(const Path& folder) {
  std::vector<Path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const bool is_hidden = entry->path().filename().string().starts_with('.');
    if (!is_hidden && entry->is_directory(gone) && has_shards(entry->path())) found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Path> shard_files(const std::string& pattern) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(pattern, ignored)) return named_shards(expand_braces(pattern));
  std::vector<Path> files = shards_in_folder(pattern);
  if (files.empty()) {
    for (const Path& folder : folders_with_shards(pattern)) {
      const std::vector<Path> more = shards_in_folder(folder);
      files.insert(files.end(), more.begin(), more.end());
    }
  }
  if (files.empty()) refuse_columnar_data(pattern);
  if (files.empty()) throw FileError(pattern, "a folder with .tar files, itself or in its subfolders", "none");
  return files;
}

/// The names of the shards below the folder that all of them are in: "train-0001.tar", or
/// "train/0001.tar" beside "val/0001.tar".
std::vector<Path> names_of(const std::vector<Path>& shards) {
  std::vector<std::vector<Path>> parts;
  std::size_t common = std::numeric_limits<std::size_t>::max();
  for (const Path& shard : shards) {
    const Path plain = shard.lexically_normal();
    parts.emplace_back(plain.begin(), plain.end());
    const auto& first = parts.front();
    const auto& own = parts.back();
    const std::size_t folders = std::min(first.size(), own.size()) - 1;
    const auto differ = std::mismatch(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(folders), own.begin());
    common = std::min(common, static_cast<std::size_t>(differ.first - first.begin()));
  }
  std::vector<Path> names;
  for (const std::vector<Path>& own : parts) {
    Path name;
    for (std::size_t i = common; i < own.size(); ++i) name /= own[i];
    names.push_back(std::move(name));
  }
  return names;
}

/// "train-0001" and the folder "val" tell a split.
std::optional<Split> split_told_by(const Path& shard) {
  const auto told = split_in_name(shard.stem().string());
  return told ? told : split_in_name(shard.parent_path().filename().string());
}

struct Sample {
  std::string key;
  std::string name;  ///< of the picture's member
  std::optional<PictureSource> picture;
  bool has_foreign_picture = false;
  std::vector<std::string> json_captions, text_captions;
  std::string id, split, label;
};

/// SVG is left out: `tandem data --to webdataset` stores drawings as PNG.
bool is_picture(const std::string& ending) {
  return ending != "svg" && ending.find('.') == std::string::npos && has_picture_ending("picture." + ending);
}

/// The content of one shard, and its unusable entries: kind and place.
struct ShardContent {
  std::vector<Sample> samples;
  std::vector<std::pair<std::string, std::string>> faults;
};

class ShardReading {
 public:
  /// `name` is the shard's, for people.
  ShardReading(const Path& shard, const Path& name) : shard_(shard), name_(name.generic_string()) {}

  ShardContent run() {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(shard_, ignored)) {
      fault("shards that are not there", shard_.string());
      return std::move(content_);
    }
    try {
      TarMembers members(shard_);
      while (const auto member = members.next()) take(members, *member);
      if (!members.fault().empty())
        fault("shards that are cut or damaged, from there on", shard_.string() + " " + members.fault());
    } catch (const FileError& error) {
      fault("shards that cannot be read to the end", printable(error.what()));
    }
    end_sample();
    return std::move(content_);
  }

 private:
  void fault(std::string_view what, std::string where) { content_.faults.emplace_back(what, std::move(where)); }
  std::string place(const std::string& name) const { return name_ + ": " + printable(name); }

  void take(TarMembers& members, const TarMember& member) {
    std::string name = member.name;
    while (name.starts_with("./")) name.erase(0, 2);
    if (name.ends_with('/') || name.empty() || name == ".") return;  // a folder
    if (!member.is_plain_file) return fault("members that are links or devices", place(name));
    if (!stays_in_folder(name)) return fault("members whose names lead out of the shard", place(name));
    const std::size_t base = name.rfind('/') + 1, dot = name.find('.', base);  // npos + 1 is 0
    if (dot == base || dot == std::string::npos) return;  // hidden files and those without an ending are skipped
    if (const auto key = std::string_view(name).substr(0, dot); key != sample_.key) {
      end_sample();
      sample_.key = key;
    }
    const std::string ending = lower_case(std::string_view(name).substr(dot + 1));
    if (is_picture(ending)) {
      if (sample_.picture) return fault("second pictures of a sample", place(name));
      sample_.picture = PictureSource{.file = shard_, .offset = member.offset, .bytes = member.bytes};
      sample_.name = name;
    } else if (has_foreign_picture_ending(name)) {
      sample_.has_foreign_picture = true;
      fault(kForeignPictures, place(name));
    } else if (ending == "txt") {
      const std::string bytes = read_text(members, member, name);
      std::string_view text = without_byte_order_mark(bytes);
      while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (!trimmed(line).empty()) sample_.text_captions.emplace_back(line);
      }
    } else if (ending == "json") {
      take_json(read_text(members, member, name), name);
    }
  }

  std::string read_text(TarMembers& members, const TarMember& member, const std::string& name) {
    if (member.bytes <= kLongestText) return members.read(member, kLongestText);
    fault("texts of more than 1 MiB", place(name));
    return "";
  }

  void take_json(const std::string& bytes, const std::string& name) {
    if (bytes.empty()) return;
    const Json json = json_in(bytes).value_or(Json());
    if (!json.is_object()) return fault("members that are no JSON object", place(name));
    const auto text = [&](const char* field_name) {
      const auto field = json.find(field_name);
      return field != json.end() && field->is_string() ? field->get<std::string>() : std::string();
    };
    sample_.id = text("id");
    sample_.split = text("split");
    sample_.label = text("label");
    for (const char* field_name : {"captions", "caption", "text"}) {
      const auto field = json.find(field_name);
      if (field == json.end()) continue;
      if (field->is_string()) sample_.json_captions.push_back(field->get<std::string>());
      if (field->is_array()) {
        for (const Json& one : *field) {
          if (one.is_string()) sample_.json_captions.push_back(one.get<std::string>());
        }
      }
      if (!sample_.json_captions.empty()) break;
    }
  }

  void end_sample() {
    Sample sample = std::exchange(sample_, {});
    if (sample.key.empty()) return;
    if (!sample.picture && sample.has_foreign_picture) return;  // counted already
    if (!sample.picture) return fault("samples without a picture", place(sample.key));
    content_.samples.push_back(std::move(sample));
  }

  const Path& shard_;
  std::string name_;
  Sample sample_;
  ShardContent content_;
};

class Reader {
 public:
  CaptionSet read(const std::string& pattern) {
    const std::vector<Path> shards = shard_files(pattern);
    const std::vector<Path> names = names_of(shards);
    std::vector<ShardContent> contents(shards.size());
    for_each_batch(static_cast<std::int64_t>(shards.size()), 0,
                   [&](std::int64_t i) { contents[i] = ShardReading(shards[i], names[i]).run(); });
    set_.name = "webdataset";
    for (std::size_t i = 0; i < shards.size(); ++i) add(shards[i], names[i], std::exchange(contents[i], {}));
    give_splits();
    gathering_.finish(set_, pattern);
    return std::move(set_);
  }

 private:
  void add(const Path& shard, const Path& name, ShardContent content) {
    const std::string stem = (name.parent_path() / name.stem()).generic_string();
    const std::string file = name.generic_string();
    const std::optional<Split> told = split_told_by(shard);
    for (const auto& [what, where] : content.faults) gathering_.leave_out(what, where);
    for (Sample& sample : content.samples) {
      const std::string where = file + ": " + printable(sample.key);
      const bool named = !sample.id.empty();
      CaptionedImage image{.id = named ? std::move(sample.id) : stem + "/" + sample.name,
                           .picture = std::move(*sample.picture),
                           .captions = {},
                           .label = std::move(sample.label)};
      for (std::string& caption : sample.json_captions.empty() ? sample.text_captions : sample.json_captions) {
        gathering_.add_caption(image, std::move(caption), where);
      }
      const auto split = sample.split.empty() ? told : split_named(lower_case(sample.split));
      if (!split && !sample.split.empty()) {
        gathering_.leave_out("samples of an unknown split", where + " " + printable(sample.split));
        continue;
      }
      image.split = split.value_or(Split::kNone);
      any_split_ = any_split_ || split;
      if (!split) unsplit_.add(image.id);
      gathering_.add_picture(set_, std::move(image), named ? where : "");
    }
  }

  void give_splits() {
    if (any_split_) return unsplit_.remark(set_.remarks, "pictures are in no split");
    for (CaptionedImage& image : set_.images) image.split = split_by_hash(image.id);
    set_.splits_made = true;
    set_.remarks.push_back(split_remark("their ids"));
  }

  CaptionSet set_;
  PictureGathering gathering_;
  Tally unsplit_;
  bool any_split_ = false;
};

}  // namespace

CaptionSet read_webdataset(const std::string& pattern) { return Reader().read(pattern); }

bool is_webdataset(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return lower_case(path).ends_with(".tar");
  return has_shards(path) || !folders_with_shards(path).empty();
}

}  // namespace tandem

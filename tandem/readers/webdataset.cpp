#include "tandem/readers/webdataset.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_set>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/data/picture_gathering.h"
#include "tandem/data/split_by_hash.h"
#include "tandem/data/tally.h"
#include "tandem/parsing/brace_pattern.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/parsing/tar_members.h"
#include "tandem/storage/inner_name.h"
#include "tandem/storage/json_file.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr std::int64_t kLongestText = std::int64_t{1} << 20;

std::vector<Path> tar_files_in(const Path& folder) {
  std::vector<Path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (lower_case(entry->path().extension().string()) == ".tar") files.push_back(entry->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Path> shard_files(const std::string& pattern) {
  std::error_code ignored;
  if (std::filesystem::is_directory(pattern, ignored)) {
    const std::vector<Path> files = tar_files_in(pattern);
    if (files.empty()) throw FileError(pattern, "a folder with .tar files", "none");
    return files;
  }
  const std::vector<std::string> names = expand_braces(pattern);
  return {names.begin(), names.end()};
}

/// "train-0001" and the folder "val" tell a split.
std::optional<Split> split_told_by(const Path& shard) {
  for (const std::string& name : {shard.stem().string(), shard.parent_path().filename().string()}) {
    std::string word;
    for (const char c : lower_case(name) + ".") {
      if (std::isalpha(static_cast<unsigned char>(c))) {
        word += c;
        continue;
      }
      if (const auto split = word == "none" ? std::nullopt : split_named(word)) return split;
      word.clear();
    }
  }
  return std::nullopt;
}

struct Sample {
  std::string key;
  std::string name;  ///< of the picture's member
  std::optional<PictureSource> picture;
  std::vector<std::string> json_captions, text_captions;
  std::string id, split, label;
};

bool is_picture(const std::string& ending) { return ending == "jpg" || ending == "jpeg" || ending == "png" || ending == "webp"; }

class Reader {
 public:
  CaptionSet read(const std::string& pattern) {
    set_.name = "webdataset";
    for (const Path& shard : shard_files(pattern)) read_shard(shard);
    if (!any_split_) {
      for (CaptionedImage& image : set_.images) image.split = split_by_hash(image.id);
      set_.splits_made = true;
      set_.remarks.push_back(split_remark("their ids"));
    } else {
      Tally unsplit;
      for (const CaptionedImage& image : set_.images) {
        if (image.split == Split::kNone && !stated_none_.contains(image.id)) unsplit.add(image.id);
      }
      unsplit.remark(set_.remarks, "pictures are in no split");
    }
    gathering_.finish(set_, pattern);
    return std::move(set_);
  }

 private:
  void read_shard(const Path& shard) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(shard, ignored)) return gathering_.leave_out("shards that are not there", shard.string());
    shard_ = shard;
    shard_split_ = split_told_by(shard);
    try {
      TarMembers members(shard);
      while (const auto member = members.next()) take(members, *member);
      end_sample();
      if (!members.fault().empty()) gathering_.leave_out("shards that are cut or damaged, from there on", shard.string() + " " + members.fault());
    } catch (const FileError& error) {
      end_sample();
      gathering_.leave_out("shards that cannot be read to the end", printable(error.what()));
    }
  }

  void take(TarMembers& members, const TarMember& member) {
    std::string name = member.name;
    while (name.starts_with("./")) name.erase(0, 2);
    if (name.ends_with('/') || name.empty() || name == ".") return;  // a folder
    const std::string where = shard_.filename().string() + ": " + printable(name);
    if (!member.is_plain_file) return gathering_.leave_out("members that are links or devices", where);
    if (!stays_in_folder(name)) return gathering_.leave_out("members whose names lead out of the shard", where);
    const std::size_t base = name.rfind('/') + 1, dot = name.find('.', base);  // npos + 1 is 0
    if (dot == base || dot == std::string::npos) return;                       // hidden files and files without an ending are nobody's
    if (const std::string key = name.substr(0, dot); key != sample_.key) {
      end_sample();
      sample_.key = key;
    }
    const std::string ending = lower_case(name.substr(dot + 1));
    if (is_picture(ending)) {
      if (sample_.picture) return gathering_.leave_out("second pictures of a sample", where);
      sample_.picture = PictureSource{.file = shard_, .offset = member.offset, .bytes = member.bytes};
      sample_.name = name;
    } else if (ending == "txt") {
      const std::string bytes = read_text(members, member, where);
      std::string_view text = without_byte_order_mark(bytes);
      while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (!trimmed(line).empty()) sample_.text_captions.emplace_back(line);
      }
    } else if (ending == "json") {
      take_json(read_text(members, member, where), where);
    }
  }

  std::string read_text(TarMembers& members, const TarMember& member, const std::string& where) {
    if (member.bytes <= kLongestText) return members.read(member, kLongestText);
    gathering_.leave_out("texts of more than " + std::to_string(kLongestText) + " bytes", where);
    return "";
  }

  void take_json(const std::string& bytes, const std::string& where) {
    if (bytes.empty()) return;
    const Json json = Json::parse(bytes, nullptr, false);
    if (!json.is_object()) return gathering_.leave_out("members that are no JSON object", where);
    const auto text = [&](const char* name) {
      const auto field = json.find(name);
      return field != json.end() && field->is_string() ? field->get<std::string>() : std::string();
    };
    sample_.id = text("id");
    sample_.split = text("split");
    sample_.label = text("label");
    for (const char* name : {"captions", "caption", "text"}) {
      const auto field = json.find(name);
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
    const std::string where = shard_.filename().string() + ": " + printable(sample.key);
    if (!sample.picture) return gathering_.leave_out("samples without a picture", where);
    const std::string id = sample.id.empty() ? shard_.stem().string() + "/" + sample.name : sample.id;
    CaptionedImage image{.id = id, .picture = std::move(*sample.picture), .captions = {}, .label = sample.label};
    for (const std::string& caption : sample.json_captions.empty() ? sample.text_captions : sample.json_captions) {
      gathering_.add_caption(image, caption, where);
    }
    if (!sample.split.empty()) {
      const auto split = split_named(lower_case(sample.split));
      if (!split) return gathering_.leave_out("samples of an unknown split", where + " " + printable(sample.split));
      image.split = *split;
      any_split_ = true;
      if (*split == Split::kNone) stated_none_.insert(id);
    } else if (shard_split_) {
      image.split = *shard_split_;
      any_split_ = true;
    }
    gathering_.add_picture(set_, std::move(image));
  }

  CaptionSet set_;
  PictureGathering gathering_;
  Path shard_;
  std::optional<Split> shard_split_;
  Sample sample_;
  bool any_split_ = false;
  std::unordered_set<std::string> stated_none_;  ///< ids of pictures that say they are in no split
};

}  // namespace

CaptionSet read_webdataset(const std::string& pattern) { return Reader().read(pattern); }

bool is_webdataset(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return lower_case(path).ends_with(".tar");
  return !tar_files_in(path).empty();
}

}  // namespace tandem

#include "tandem/features/feature_files.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <set>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/base/shape_check.h"
#include "tandem/parsing/caption_text.h"
#include "tandem/storage/json_file.h"
#include "tandem/storage/mapped_file.h"
#include "tandem/storage/npy_file.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

using Path = std::filesystem::path;

constexpr const char* kEnding = ".safetensors";

at::Tensor read_array(const std::string& name) {
  const std::size_t hash = name.rfind('#');
  const bool has_tensor_name = hash != std::string::npos && name.substr(0, hash).ends_with(kEnding);
  const std::string file_name = has_tensor_name ? name.substr(0, hash) : name;
  if (!file_name.ends_with(kEnding)) return read_npy(file_name);
  const SafetensorsFile file = SafetensorsFile::open(file_name);
  if (has_tensor_name) return file.tensor(name.substr(hash + 1));
  if (file.entries().size() != 1) {
    throw FileError(file_name, "a file with one tensor (FILE.safetensors#NAME names one of several)",
                    std::to_string(file.entries().size()));
  }
  return file.tensor(file.entries().begin()->first);
}

at::Tensor feature_array(const std::string& name) {
  const at::Tensor rows = read_array(name);
  if (rows.dim() != 2 || rows.size(0) == 0 || rows.size(1) == 0) {
    throw FileError(name, "features of shape [rows, columns]", shape_text(rows));
  }
  if (!at::isFloatingType(rows.scalar_type()))
    throw FileError(name, "features in floating point", c10::toString(rows.scalar_type()));
  const at::Tensor single = rows.to(at::kFloat);
  const at::Tensor bad = at::isfinite(single).all(1).logical_not().nonzero();
  if (bad.size(0) > 0)
    throw FileError(name, "finite features in float32",
                    "NaN or infinity in row " + std::to_string(bad[0][0].item<std::int64_t>()));
  return single;
}

std::string place(const Path& file, std::size_t number) { return file.string() + " line " + std::to_string(number); }

/// Calls `take` with each line and its number. The last line may lack its end; a line break at the
/// very end begins no further line.
template <typename Take>
void for_each_line(const Path& file, const Take& take) {
  const MappedFile map(file);
  std::string_view text = without_byte_order_mark(map.bytes());
  for (std::size_t number = 1; !text.empty(); ++number) take(take_line(text), number);
}

const std::string& checked_text(const std::string& text, const std::string& where, const char* what) {
  if (!is_utf8(text)) throw FileError(where, std::string(what) + " in UTF-8", "other bytes");
  if (is_blank(text)) throw FileError(where, std::string(what) + " that says something", "a blank one");
  return text;
}

Json checked_list(const Path& file, const char* what) {
  Json list = read_json(file);
  if (!list.is_array()) throw FileError(file, std::string("a list of ") + what, json_type(list));
  return list;
}

void add_caption(const Json& json, const std::string& where, ImportedCaptions& into) {
  if (!json.is_string() && !json.is_object())
    throw FileError(where, "a string, or an object with \"caption\"", json_type(json));
  const std::string caption =
      json.is_string() ? json.get<std::string>() : json_field<std::string>(json, "caption", where);
  if (json.is_object() && json.contains("image"))
    into.image_ids.push_back(json_field<std::string>(json, "image", where));
  into.captions.push_back(checked_text(caption, where, "a caption"));
  if (!into.image_ids.empty() && into.image_ids.size() != into.captions.size()) {
    throw FileError(where, "an \"image\" in every line or in none", "one in some of them");
  }
}

}  // namespace

at::Tensor read_feature_rows(const std::vector<std::string>& names) {
  TORCH_CHECK_VALUE(!names.empty(), "read_feature_rows: at least one file was needed, got none");
  std::vector<at::Tensor> parts;
  for (const std::string& name : names) {
    parts.push_back(feature_array(name));
    if (parts.back().size(1) == parts.front().size(1)) continue;
    throw FileError(name, std::to_string(parts.front().size(1)) + " columns, as in " + names.front(),
                    std::to_string(parts.back().size(1)));
  }
  return parts.size() == 1 ? parts.front() : at::cat(parts);
}

std::vector<std::string> read_ids(const Path& file) {
  std::vector<std::string> ids;
  std::set<std::string> seen;
  const auto add = [&](const std::string& id, const std::string& where) {
    checked_text(id, where, "an id");
    if (!seen.insert(id).second) throw FileError(where, "every id once", "\"" + id + "\" twice");
    ids.push_back(id);
  };
  if (file.extension() != ".json") {
    for_each_line(
        file, [&](std::string_view line, std::size_t number) { add(std::string(trimmed(line)), place(file, number)); });
    return ids;
  }
  for (const Json& id : checked_list(file, "ids")) {
    if (!id.is_string() && !id.is_number_integer())
      throw FileError(file, "ids that are strings or whole numbers", json_type(id));
    add(id.is_string() ? id.get<std::string>() : id.dump(), file.string() + " id " + std::to_string(ids.size() + 1));
  }
  return ids;
}

ImportedCaptions read_captions(const Path& file) {
  ImportedCaptions read;
  if (file.extension() == ".json") {
    for (const Json& caption : checked_list(file, "captions"))
      add_caption(caption, file.string() + " caption " + std::to_string(read.captions.size() + 1), read);
    return read;
  }
  const bool lines_of_json = file.extension() == ".jsonl";
  for_each_line(file, [&](std::string_view line, std::size_t number) {
    const std::string where = place(file, number);
    if (!lines_of_json) {
      read.captions.push_back(checked_text(std::string(trimmed(line)), where, "a caption"));
      return;
    }
    add_caption(parse_json(line, where), where, read);
  });
  return read;
}

std::vector<std::int64_t> read_row_numbers(const std::string& name) {
  const at::Tensor rows = read_array(name);
  if (rows.dim() != 1 || (rows.scalar_type() != at::kLong && rows.scalar_type() != at::kInt)) {
    throw FileError(name, "int32 or int64 row numbers of shape [captions]",
                    std::string(c10::toString(rows.scalar_type())) + " of shape " + shape_text(rows));
  }
  const at::Tensor whole = rows.to(at::kLong).contiguous();
  const std::int64_t* first = whole.const_data_ptr<std::int64_t>();
  return {first, first + whole.size(0)};
}

std::vector<Split> read_splits(const Path& file) {
  std::vector<Split> splits;
  for_each_line(file, [&](std::string_view line, std::size_t number) {
    const std::optional<Split> split = split_named(trimmed(line));
    if (!split) throw FileError(place(file, number), "train, dev, test or none", "another word");
    splits.push_back(*split);
  });
  return splits;
}

}  // namespace tandem

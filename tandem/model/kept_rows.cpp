#include "tandem/model/kept_rows.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/checksum.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/output_lock.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

constexpr const char* kGalleryFormat = "tandem gallery 1";
constexpr std::int64_t kKeyBytes = 32;

std::string content_of(const RowsToKeep& wanted) {
  Checksum checksum;
  checksum.add_field(wanted.maker).add_field(wanted.plan);
  return checksum.text();
}

/// A file of rows as it was written: its items are those of an earlier call.
struct RowsFile {
  KeptRows rows;
  std::string maker;
  at::Tensor keys;  ///< [count, 32] uint8, or [0, 32]
};

std::int64_t checked_item(std::int64_t item, std::int64_t before, const std::filesystem::path& file) {
  if (item <= before) throw FileError(file, "items in order", std::to_string(item));
  return item;
}

RowsFile read_rows(const std::filesystem::path& path) {
  const SafetensorsFile file = SafetensorsFile::open_checked(path);
  const auto field = [&](const char* name) {
    const auto found = file.metadata().find(name);
    if (found == file.metadata().end()) throw FileError(path, std::string("a field ") + name, "none");
    return found->second;
  };
  if (field("format") != kGalleryFormat) throw FileError(path, kGalleryFormat, field("format"));
  RowsFile read{.rows = {.embeddings = file.tensor("embeddings"), .content = field("content")},
                .maker = field("maker")};
  const at::Tensor items = file.tensor("items");
  read.keys = file.tensor("keys");
  const bool fits = read.rows.embeddings.dim() == 2 && read.rows.embeddings.scalar_type() == at::kFloat &&
                    items.dim() == 1 && items.scalar_type() == at::kLong &&
                    items.size(0) == read.rows.embeddings.size(0) && read.keys.dim() == 2 &&
                    read.keys.scalar_type() == at::kByte && read.keys.size(1) == kKeyBytes;
  if (!fits) throw FileError(path, "embeddings, items and keys", "tensors of other shapes");
  std::int64_t before = -1;
  for (std::int64_t i = 0; i < items.size(0); ++i) {
    before = checked_item(items.const_data_ptr<std::int64_t>()[i], before, path);
    read.rows.items.push_back(before);
  }
  before = -1;
  for (const Json& one : parse_json(field("unreadable"), path)) {
    before = checked_item(json_field<std::int64_t>(one, "index", path), before, path);
    read.rows.unreadable.push_back({.index = before, .reason = json_field<std::string>(one, "reason", path)});
  }
  return read;
}

std::optional<RowsFile> find_rows(const std::filesystem::path& file, const std::string& maker) {
  std::error_code ignored;
  if (file.empty() || !std::filesystem::is_regular_file(file, ignored)) return std::nullopt;
  try {
    RowsFile found = read_rows(file);
    return found.maker == maker ? std::optional(std::move(found)) : std::nullopt;
  } catch (const FileError&) {
    return std::nullopt;  // It is made again.
  }
}

void write_rows(const RowsToKeep& wanted, const KeptRows& rows) {
  at::Tensor keys = at::empty({static_cast<std::int64_t>(wanted.keys.size()), kKeyBytes}, at::kByte);
  for (std::size_t i = 0; i < wanted.keys.size(); ++i)
    std::memcpy(keys.mutable_data_ptr<std::uint8_t>() + i * kKeyBytes, wanted.keys[i].data(), kKeyBytes);
  Json unreadable = Json::array();
  for (const UnreadableImage& one : rows.unreadable)
    unreadable.push_back({{"index", one.index}, {"reason", one.reason}});
  write_safetensors(wanted.file,
                    {{"embeddings", rows.embeddings}, {"items", at::tensor(rows.items, at::kLong)}, {"keys", keys}},
                    {{"format", kGalleryFormat},
                     {"maker", wanted.maker},
                     {"content", rows.content},
                     {"unreadable", json_line(unreadable)}});
}

/// Where the embedding of an item with a known key is: a row of the older file, or the reason why
/// it has none.
struct KnownItem {
  std::int64_t row = -1;
  std::string reason;
};

std::unordered_map<std::string, KnownItem> known_items(const RowsFile& older) {
  std::unordered_map<std::string, KnownItem> known;
  const auto key_of = [&](std::int64_t item) {
    const std::uint8_t* key = older.keys.const_data_ptr<std::uint8_t>() + item * kKeyBytes;
    return std::string(key, key + kKeyBytes);
  };
  for (std::size_t row = 0; row < older.rows.items.size(); ++row) {
    const std::int64_t item = older.rows.items[row];
    if (item < older.keys.size(0)) known[key_of(item)].row = static_cast<std::int64_t>(row);
  }
  for (const UnreadableImage& one : older.rows.unreadable) {
    if (one.index < older.keys.size(0)) known[key_of(one.index)].reason = one.reason;
  }
  return known;
}

/// Fills the rows of all items from the older file and the newly embedded ones.
KeptRows join(const RowsToKeep& wanted, const std::unordered_map<std::string, KnownItem>& known,
              const std::optional<RowsFile>& older, const std::vector<std::int64_t>& missing,
              const EmbeddedItems& made) {
  struct Place {
    bool is_new = false;
    std::int64_t row = -1;
    std::string reason;
  };
  std::vector<Place> places(wanted.count);
  for (std::size_t row = 0; row < made.rows.size(); ++row)
    places[missing[made.rows[row]]] = {.is_new = true, .row = static_cast<std::int64_t>(row), .reason = {}};
  for (const UnreadableImage& one : made.unreadable)
    places[missing[one.index]] = {.is_new = true, .reason = one.reason};
  KeptRows rows{.content = content_of(wanted)};
  std::vector<Place> of_rows;
  for (std::int64_t item = 0; item < wanted.count; ++item) {
    Place& place = places[item];
    if (!place.is_new) {
      const KnownItem& found = known.at(wanted.keys[item]);
      place = {.is_new = false, .row = found.row, .reason = found.reason};
    }
    if (place.row < 0) {
      rows.unreadable.push_back({.index = item, .reason = place.reason});
      continue;
    }
    rows.items.push_back(item);
    of_rows.push_back(place);
  }
  const std::int64_t width = made.rows.empty() && older ? older->rows.embeddings.size(1) : made.embeddings.size(1);
  rows.embeddings = at::empty({static_cast<std::int64_t>(of_rows.size()), width});
  for (std::size_t i = 0; i < of_rows.size(); ++i) {
    const at::Tensor& from = of_rows[i].is_new ? made.embeddings : older->rows.embeddings;
    std::memcpy(rows.embeddings.mutable_data_ptr<float>() + i * width,
                from.const_data_ptr<float>() + of_rows[i].row * width, sizeof(float) * width);
  }
  return rows;
}

/// A lock on the file if it can be written, otherwise a notice.
std::unique_ptr<OutputLock> lock_to_keep(const std::filesystem::path& file, const Notice& unkept) {
  if (file.empty()) return nullptr;
  try {
    make_folder(file.parent_path());
    return std::make_unique<OutputLock>(file);
  } catch (const FileError& error) {
    if (unkept) unkept(error.what());
    return nullptr;
  }
}

Notice unkept_notice(const std::filesystem::path& file, const Notice& notice) {
  return [notice, folder = file.parent_path().string()](const std::string& reason) {
    if (notice) notice("note: embeddings are not kept in " + folder + " for the next search: " + reason);
  };
}

std::filesystem::path parts_folder(const std::filesystem::path& file) {
  return std::filesystem::path(file).replace_extension(".parts");
}

EmbeddedItems embed_missing(const RowsToKeep& wanted, const std::vector<std::int64_t>& missing, bool keeps,
                            const Progress& progress, const Notice& unkept) {
  Checksum plan;
  plan.add_field(content_of(wanted));
  for (const std::int64_t item : missing) plan.add_field(std::to_string(item));
  const auto stretch = [&](std::int64_t begin, std::int64_t end, const Progress& told) {
    return wanted.embed({missing.begin() + begin, missing.begin() + end}, told);
  };
  // Without keys the items are features, which take no time; so that their bits are those of one call, they go
  // together.
  const auto total = static_cast<std::int64_t>(missing.size());
  return embed_in_parts(total, stretch,
                        {.folder = keeps && !wanted.keys.empty() ? parts_folder(wanted.file) : std::filesystem::path(),
                         .plan = plan.text(),
                         .items_per_part = wanted.keys.empty() ? std::max<std::int64_t>(total, 1) : 256,
                         .progress = progress,
                         .unkept = unkept});
}

}  // namespace

KeptRows keep_rows(const RowsToKeep& wanted, const Progress& progress, const Notice& notice) {
  std::optional<RowsFile> older = find_rows(wanted.file, wanted.maker);
  if (older && older->rows.content == content_of(wanted)) return std::move(older->rows);
  const auto known = older ? known_items(*older) : std::unordered_map<std::string, KnownItem>();
  std::vector<std::int64_t> missing;
  for (std::int64_t item = 0; item < wanted.count; ++item) {
    if (wanted.keys.empty() || !known.contains(wanted.keys[item])) missing.push_back(item);
  }
  const Notice unkept = unkept_notice(wanted.file, notice);
  const std::unique_ptr<OutputLock> lock = lock_to_keep(wanted.file, unkept);
  const EmbeddedItems made = embed_missing(wanted, missing, lock != nullptr, progress, unkept);
  KeptRows rows = join(wanted, known, older, missing, made);
  if (!lock) return rows;
  try {
    write_rows(wanted, rows);
    std::error_code ignored;
    std::filesystem::remove_all(parts_folder(wanted.file), ignored);
    remove_stale_temporaries(wanted.file);
  } catch (const FileError& error) {
    unkept(error.what());
  }
  return rows;
}

at::Tensor keep_biases(const std::filesystem::path& file, const KeptRows& rows, const std::string& maker,
                       const std::function<at::Tensor()>& compute, const Notice& notice) {
  const std::filesystem::path path = std::filesystem::path(file).replace_extension(".bias.safetensors");
  Checksum content;
  content.add_field(rows.content).add_field(maker);
  std::error_code ignored;
  if (!file.empty() && std::filesystem::is_regular_file(path, ignored)) {
    try {
      const SafetensorsFile kept = SafetensorsFile::open_checked(path);
      const auto found = kept.metadata().find("content");
      if (found != kept.metadata().end() && found->second == content.text()) {
        const at::Tensor biases = kept.tensor("bias", {rows.embeddings.size(0)});
        if (biases.scalar_type() == at::kFloat) return biases;
      }
    } catch (const FileError&) {  // They are computed again.
    }
  }
  at::Tensor biases = compute();
  // Rows that are not kept have told the reason already.
  if (file.empty() || !std::filesystem::is_regular_file(file, ignored)) return biases;
  try {
    write_safetensors(path, {{"bias", biases}}, {{"content", content.text()}});
  } catch (const FileError& error) {
    unkept_notice(file, notice)(error.what());
  }
  return biases;
}

}  // namespace tandem

#include "tandem/model/embedding_parts.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <optional>

#include "tandem/base/errors.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/safetensors.h"

namespace tandem {
namespace {

std::filesystem::path part_file(const std::filesystem::path& folder, std::int64_t number) {
  const std::string digits = std::to_string(number);
  return folder / ("part-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits + ".safetensors");
}

Json unreadable_json(const std::vector<UnreadableImage>& unreadable) {
  Json list = Json::array();
  for (const UnreadableImage& one : unreadable) list.push_back({{"index", one.index}, {"reason", one.reason}});
  return list;
}

/// The items that are not among the unreadable ones.
std::vector<std::int64_t> rows_beside(const std::vector<UnreadableImage>& unreadable, std::int64_t count) {
  std::vector<std::int64_t> rows;
  auto bad = unreadable.begin();
  for (std::int64_t i = 0; i < count; ++i) {
    if (bad != unreadable.end() && bad->index == i) {
      ++bad;
    } else {
      rows.push_back(i);
    }
  }
  return rows;
}

void write_part(const std::filesystem::path& file, const std::string& plan, const EmbeddedItems& part) {
  write_safetensors(file, {{"embeddings", part.embeddings}},
                    {{"plan", plan}, {"unreadable", json_line(unreadable_json(part.unreadable))}});
}

/// The part if it is complete, undamaged and of this plan.
std::optional<EmbeddedItems> find_part(const std::filesystem::path& file, const std::string& plan, std::int64_t count) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return std::nullopt;
  try {
    const SafetensorsFile opened = SafetensorsFile::open_checked(file);
    const auto& metadata = opened.metadata();
    if (!metadata.contains("plan") || metadata.at("plan") != plan || !metadata.contains("unreadable")) return {};
    EmbeddedItems part{.embeddings = opened.tensor("embeddings"), .rows = {}, .unreadable = {}};
    for (const Json& one : parse_json(metadata.at("unreadable"), file)) {
      part.unreadable.push_back({.index = json_integer(one, "index", 0, count - 1, file),
                                 .reason = json_field<std::string>(one, "reason", file)});
    }
    part.rows = rows_beside(part.unreadable, count);
    const bool whole = part.embeddings.dim() == 2 && part.embeddings.scalar_type() == at::kFloat &&
                       part.embeddings.size(0) == static_cast<std::int64_t>(part.rows.size());
    return whole ? std::optional(std::move(part)) : std::nullopt;
  } catch (const FileError&) {
    return std::nullopt;
  }
}

/// The parts on disk.
class PartFolder {
 public:
  explicit PartFolder(const EmbeddingPartOptions& options) : options_(options), keeps_(!options.folder.empty()) {
    if (keeps_) attempt([&] { make_folder(options_.folder); });
  }

  std::optional<EmbeddedItems> find(std::int64_t number, std::int64_t count) const {
    return keeps_ ? find_part(part_file(options_.folder, number), options_.plan, count) : std::nullopt;
  }

  void write(std::int64_t number, const EmbeddedItems& part) {
    if (keeps_) attempt([&] { write_part(part_file(options_.folder, number), options_.plan, part); });
  }

 private:
  void attempt(const std::function<void()>& writing) {
    try {
      writing();
    } catch (const FileError& error) {
      if (!options_.unkept) throw;
      keeps_ = false;
      options_.unkept(error.what());
    }
  }

  const EmbeddingPartOptions& options_;
  bool keeps_;
};

/// Counts progress over all parts; the current part counts its own items.
Progress after(const Progress& progress, std::int64_t before, std::int64_t total) {
  if (!progress) return {};
  return [&progress, before, total](std::int64_t done, std::int64_t) { progress(before + done, total); };
}

}  // namespace

EmbeddedItems embed_in_parts(std::int64_t count, const EmbedStretch& embed, const EmbeddingPartOptions& options) {
  PartFolder parts(options);
  std::vector<at::Tensor> blocks;
  EmbeddedItems all;
  for (std::int64_t begin = 0; begin < count; begin += options.items_per_part) {
    const std::int64_t end = std::min(count, begin + options.items_per_part);
    const std::int64_t number = begin / options.items_per_part;
    std::optional<EmbeddedItems> part = parts.find(number, end - begin);
    if (!part) {
      part = embed(begin, end, after(options.progress, begin, count));
      parts.write(number, *part);
    }
    if (options.progress) options.progress(end, count);
    blocks.push_back(part->embeddings);
    for (const std::int64_t row : part->rows) all.rows.push_back(begin + row);
    for (const UnreadableImage& one : part->unreadable)
      all.unreadable.push_back({.index = begin + one.index, .reason = one.reason});
  }
  all.embeddings = blocks.empty() ? at::empty({0, 0}) : at::cat(blocks);
  return all;
}

std::string plan_of_parts(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() != ".safetensors") continue;
    try {
      const SafetensorsFile file = SafetensorsFile::open(entry->path());
      if (file.metadata().contains("plan")) return file.metadata().at("plan");
    } catch (const FileError&) {  // Of a part that cannot be read, nothing can be told.
    }
  }
  return "";
}

}  // namespace tandem

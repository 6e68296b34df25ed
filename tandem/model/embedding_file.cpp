#include "tandem/model/embedding_file.h"

#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

#include <array>
#include <charconv>

#include "tandem/base/errors.h"
#include "tandem/base/printable.h"
#include "tandem/base/shape_check.h"
#include "tandem/storage/atomic_file.h"
#include "tandem/storage/json_text.h"
#include "tandem/storage/npy_file.h"
#include "tandem/storage/safetensors.h"
#include "tandem/storage/staged_files.h"

namespace tandem {
namespace {

/// The shortest decimal that reads back as the same float.
void add_number(std::string& line, float number) {
  std::array<char, 32> digits = {};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  line.append(digits.data(), end.ptr);
}

void write_lines(const std::filesystem::path& out, const EmbeddingList& list, const at::Tensor& rows) {
  const at::Tensor numbers = rows.to(at::kFloat).contiguous();
  const float* row = numbers.const_data_ptr<float>();
  AtomicFile file(out);
  for (std::size_t i = 0; i < list.ids.size(); ++i, row += numbers.size(1)) {
    std::string line = "{\"id\":" + json_line(list.ids[i]);
    if (!list.texts.empty()) line += ",\"text\":" + json_line(list.texts[i]);
    line += ",\"embedding\":[";
    for (std::int64_t column = 0; column < numbers.size(1); ++column) {
      if (column > 0) line += ',';
      add_number(line, row[column]);
    }
    file.write(line + "]}\n");
  }
  file.commit();
}

void write_ids(const std::filesystem::path& file, const std::vector<std::string>& ids,
               const std::filesystem::path& out) {
  std::string lines;
  for (const std::string& id : ids) {
    if (id.find('\n') != std::string::npos || id.find('\r') != std::string::npos) {
      throw FileError(out, "names without line breaks for the list of ids (.safetensors and .jsonl take any)",
                      "\"" + printable(id) + "\"");
    }
    lines += id + "\n";
  }
  write_file(file, lines);
}

void write_tensors(const std::filesystem::path& out, const EmbeddingList& list, const at::Tensor& rows) {
  std::map<std::string, std::string> metadata = {{"ids", json_line(list.ids)}};
  if (!list.texts.empty()) metadata["texts"] = json_line(list.texts);
  if (!list.skipped.empty()) {
    Json skipped = Json::array();
    for (const SkippedImage& one : list.skipped) skipped.push_back({{"id", one.id}, {"reason", one.reason}});
    metadata["skipped"] = json_line(skipped);
  }
  write_safetensors(out, {{"embeddings", rows}}, metadata);
}

}  // namespace

void check_embedding_path(const std::filesystem::path& out, at::ScalarType type) {
  const std::string ending = out.extension().string();
  if (ending != ".npy" && ending != ".safetensors" && ending != ".jsonl")
    throw FileError(out, "a name that ends in .npy, .safetensors or .jsonl", "\"" + ending + "\"");
  if (type == at::kBFloat16 && ending != ".safetensors")
    throw FileError(out, "a name that ends in .safetensors, which can hold bfloat16", "\"" + ending + "\"");
  const std::filesystem::path folder = out.has_parent_path() ? out.parent_path() : std::filesystem::path(".");
  if (!std::filesystem::is_directory(folder)) throw FileError(out, "a folder that exists to write to", "none");
  if (std::filesystem::is_directory(out)) throw FileError(out, "a name for a file", "a folder");
}

std::vector<std::filesystem::path> embedding_files(const std::filesystem::path& out) {
  if (out.extension() != ".npy") return {out};
  return {out, std::filesystem::path(out).replace_extension(".ids.txt")};
}

std::vector<std::filesystem::path> write_embeddings(const std::filesystem::path& out, const EmbeddingList& list,
                                                    at::ScalarType type) {
  check_embedding_path(out, type);
  check_shape("write_embeddings", "embeddings", list.embeddings,
              {static_cast<std::int64_t>(list.ids.size()), kAnySize});
  TORCH_CHECK_VALUE(list.texts.empty() || list.texts.size() == list.ids.size(),
                    "write_embeddings: one text per id was needed, got ", list.texts.size(), " for ", list.ids.size());
  const at::Tensor rows = list.embeddings.to(type);
  const std::vector<std::filesystem::path> names = embedding_files(out);
  StagedFiles files;
  const std::string ending = out.extension().string();
  if (ending == ".jsonl") {
    write_lines(files.stage(out), list, rows);
  } else if (ending == ".safetensors") {
    write_tensors(files.stage(out), list, rows);
  } else {
    write_npy(files.stage(out), rows);
    write_ids(files.stage(names[1]), list.ids, out);
  }
  files.commit();
  return names;
}

}  // namespace tandem

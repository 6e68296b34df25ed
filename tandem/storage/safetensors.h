// Named tensors in one file (https://github.com/huggingface/safetensors, "Format"): 8 bytes for the
// header's length, a JSON header, the payload. Files written by tandem carry a checksum over header
// and payload in "__metadata__".
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tandem {

class MappedFile;

/// The header's entry for one tensor.
struct TensorEntry {
  at::ScalarType dtype = at::kFloat;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0;  ///< first byte, counted from the start of the payload
  std::uint64_t end = 0;    ///< one past the last byte
};

/// An open file. Tensors are read-only views of the mapped file; each keeps the map alive.
class SafetensorsFile {
 public:
  /// Checks everything the header claims before any of it is used: its length against the file's,
  /// the JSON, duplicate names, known types, shapes whose product overflows, and offsets that
  /// overlap, leave gaps or pass the end.
  /// Throws FileError naming file and tensor.
  static SafetensorsFile open(const std::filesystem::path& path);

  /// As open(), and reads the whole payload. Throws FileError also if the file has no checksum or
  /// the checksum does not fit.
  static SafetensorsFile open_checked(const std::filesystem::path& path);

  const std::filesystem::path& path() const;
  const std::map<std::string, TensorEntry>& entries() const { return entries_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  bool has(const std::string& name) const { return entries_.count(name) != 0; }

  /// The tensor as stored. Throws FileError if there is none with that name.
  at::Tensor tensor(const std::string& name) const;

  /// The tensor, if its shape is exactly `shape`. Otherwise throws FileError naming both shapes.
  at::Tensor tensor(const std::string& name, at::IntArrayRef shape) const;

  /// The checksum stored in the file, or nothing.
  std::optional<std::string> checksum() const;

 private:
  std::shared_ptr<const MappedFile> map_;
  std::uint64_t payload_offset_ = 0;
  std::map<std::string, TensorEntry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// Writes the tensors (moved to the CPU, made contiguous) atomically and returns the checksum
/// stored in the file. The keys of `metadata` must not include "xxh3_128". Throws FileError if the
/// file cannot be written.
std::string write_safetensors(const std::filesystem::path& path,
                              const std::vector<std::pair<std::string, at::Tensor>>& tensors,
                              const std::map<std::string, std::string>& metadata = {});

}  // namespace tandem

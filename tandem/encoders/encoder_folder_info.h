// What a folder with an encoder is, learnt without reading its weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tandem {

struct EncoderFolderInfo {
  std::string model_type;             ///< as config.json names it, or "" if it names none
  bool text = false;                  ///< tandem opens it as a text encoder
  bool image = false;                 ///< and this as an image encoder
  std::optional<std::int64_t> width;  ///< of its hidden states, where config.json says it
  std::optional<std::int64_t> layers;
  std::int64_t size_bytes = 0;  ///< of all files together
  std::string unusable;         ///< why tandem cannot use it, as a sentence; empty if nothing speaks against it
};

/// Reads config.json, the weights' header and the names of the files: milliseconds. That nothing
/// speaks against a folder is no promise; only opening it reads everything. Never throws FileError:
/// what is wrong is said in `unusable`.
EncoderFolderInfo describe_folder(const std::filesystem::path& folder);

}  // namespace tandem

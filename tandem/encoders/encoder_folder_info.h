// Describes an encoder's folder without reading its weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace tandem {

struct EncoderFolderInfo {
  std::string model_type;             ///< as in config.json, or "" if it names none
  bool text = false;                  ///< tandem can open it as a text encoder
  bool image = false;                 ///< tandem can open it as an image encoder
  std::optional<std::int64_t> width;  ///< of its hidden states, if config.json gives it
  std::optional<std::int64_t> layers;
  std::int64_t size_bytes = 0;  ///< of all files together
  std::string unusable;         ///< why tandem cannot use it, as a sentence; empty if no reason was found
};

/// Reads config.json, the weights' header and the names of the files; takes milliseconds. An empty
/// `unusable` is no guarantee: only opening the encoder reads everything. Never throws FileError:
/// problems are described in `unusable`.
EncoderFolderInfo describe_folder(const std::filesystem::path& folder);

}  // namespace tandem

// The files of a model that tandem needs, and whether a folder has them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tandem {

inline constexpr const char* kWeightsFile = "model.safetensors";
inline constexpr const char* kWeightsIndexFile = "model.safetensors.index.json";

/// The small files among those listed that tandem reads: configuration, tokenizer, picture
/// preparation, pooling. The last entry is the weights: model.safetensors or, if there is none, the
/// index of several files.
/// Throws FileError naming `model` if there is neither (the message names pickles), no config.json,
/// or a name that leaves the folder.
std::vector<std::string> wanted_files(const std::string& model, const std::vector<std::string>& listed);

/// The weight files that an index names, sorted. Throws FileError if it is not an index or a name
/// leaves the folder.
std::vector<std::string> shards_of_index(const std::filesystem::path& index);

/// What a folder lacks to be a complete encoder, in words; nothing if it is complete.
std::optional<std::string> lacks(const std::filesystem::path& folder);

}  // namespace tandem

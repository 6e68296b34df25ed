// Embeddings and what they are of, in a file for other programs: .npy, .safetensors or .jsonl.
#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tandem/features/feature_manifest.h"

namespace tandem {

struct EmbeddingList {
  at::Tensor embeddings;                ///< [N, D] float32
  std::vector<std::string> ids;         ///< [N] each once: line numbers, paths, or ids of features
  std::vector<std::string> texts = {};  ///< [N], or empty: the items are pictures
  std::vector<SkippedImage> skipped = {};
};

/// Throws FileError unless `out` ends in .npy, .safetensors or .jsonl, its folder exists, and files
/// of that kind can hold numbers of this type (bfloat16: .safetensors alone).
void check_embedding_path(const std::filesystem::path& out, at::ScalarType type);

/// Writes the list, its numbers rounded to `type`:
///
///   .npy          the array, and beside it NAME.ids.txt with one id per line
///   .safetensors  "embeddings"; the metadata's "ids" is a JSON list, as are "texts" and "skipped"
///   .jsonl        one object per line: "id", "text" unless it is a picture, "embedding"
///
/// The files appear together, and older ones stay until then. Returns their names.
/// Throws FileError as check_embedding_path does, if an id for .npy has a line break, or if a file
/// cannot be written.
std::vector<std::filesystem::path> write_embeddings(const std::filesystem::path& out, const EmbeddingList& list,
                                                    at::ScalarType type);

/// The files that write_embeddings writes.
std::vector<std::filesystem::path> embedding_files(const std::filesystem::path& out);

}  // namespace tandem

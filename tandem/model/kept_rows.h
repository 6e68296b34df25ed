// Embeddings that a run's folder keeps from one search to the next: RUN/galleries.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/model/embedding_parts.h"

namespace tandem {

inline constexpr const char* kGalleriesName = "galleries";

/// Embeds these items; the indices of the result count in `items`.
using EmbedItems = std::function<EmbeddedItems(const std::vector<std::int64_t>& items, const Progress& progress)>;

/// What is to be embedded, and by what it is recognised when it is kept.
struct RowsToKeep {
  std::filesystem::path file;     ///< FOLDER/NAME.safetensors; the folder is made. Empty: nothing is kept
  std::string maker;              ///< fingerprint of the model
  std::string plan;               ///< fingerprint of all items
  std::int64_t count = 0;         ///< number of items
  std::vector<std::string> keys;  ///< [count] 32 characters each, of single items; empty: kept all or none
  EmbedItems embed;
};

/// Embeddings from memory or from the file, which is then mapped.
struct KeptRows {
  at::Tensor embeddings;                    ///< [n, D] float32
  std::vector<std::int64_t> items;          ///< [n] the item of each row, rising
  std::vector<UnreadableImage> unreadable;  ///< items that could not be read
  std::string content;                      ///< fingerprint of maker and plan
};

/// The embeddings of all items: from the file if maker and plan are the same; otherwise rows of
/// items with the same key are taken from it, the others are embedded, and the file is replaced.
/// While it embeds, parts are kept beside the file, so that a killed process can go on. A damaged
/// file counts as missing. `notice` is told if nothing can be kept; that is no error.
/// Throws what `embed` throws.
KeptRows keep_rows(const RowsToKeep& wanted, const Progress& progress = {}, const Notice& notice = {});

/// One number per row, computed by `compute` unless NAME.bias.safetensors beside the file holds
/// those of the same rows and the same `maker`. Kept under the same conditions as the rows.
///
///   maker  fingerprint of what computes them, beside the rows
///
/// Returns [n] float32.
at::Tensor keep_biases(const std::filesystem::path& file, const KeptRows& rows, const std::string& maker,
                       const std::function<at::Tensor()>& compute, const Notice& notice = {});

}  // namespace tandem

// Long embedding work in parts that are kept on disk, so that a killed process can go on.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/features/encode_images.h"

namespace tandem {

/// Embeddings of those items that could be read, and the reasons for the others.
struct EmbeddedItems {
  at::Tensor embeddings;                    ///< [n, D] float32, rows of unit length, in the order of the items
  std::vector<std::int64_t> rows;           ///< [n] the index of each row's item
  std::vector<UnreadableImage> unreadable;  ///< the items that could not be read, in order
};

/// Embeds the items [begin, end); its indices count from 0 at `begin`.
using EmbedStretch = std::function<EmbeddedItems(std::int64_t begin, std::int64_t end, const Progress& progress)>;

struct EmbeddingPartOptions {
  std::filesystem::path folder;  ///< for the parts; made if it does not exist. Empty: nothing is kept
  std::string plan;              ///< fingerprint of the model and of all items
  std::int64_t items_per_part = 256;
  Progress progress;  ///< counts items; those of parts found on disk count at once
  Notice unkept;      ///< told once if parts cannot be written; the work then goes on without keeping them
};

/// Embeds all items, `items_per_part` at a time, and returns them in order. Every part is written
/// when it is done. Parts of the same plan that are found in the folder are used instead, so that
/// the result has the same bits after any number of interruptions. Parts of other plans and damaged
/// ones are replaced. The folder stays; the caller removes it when it has stored the result.
/// Throws FileError if a part cannot be written and `unkept` is empty, and what `embed` throws.
EmbeddedItems embed_in_parts(std::int64_t count, const EmbedStretch& embed, const EmbeddingPartOptions& options);

/// The plan of the parts in the folder; empty if there is no part that can be read.
std::string plan_of_parts(const std::filesystem::path& folder);

}  // namespace tandem

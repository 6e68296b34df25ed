// What the frozen layers hand to the first trained one, computed once: a token's states for every
// caption or picture.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/features/views.h"
#include "tandem/images/picture_source.h"

namespace tandem {

/// States of some items, padded to the longest of them, on the CPU.
struct EntryBatch {
  at::Tensor x;       ///< [B, T, D] float32
  at::Tensor mask;    ///< [B, T] bool, true where a token is
  at::Tensor to_end;  ///< [B, T] bool, true up to the token that Pooling::kLast takes
};

/// Items that an encoder's frozen front can be run over.
struct EntryItems {
  std::vector<std::int64_t> lengths;  ///< tokens of every item
  std::vector<std::int64_t> ends;     ///< tokens up to the one that Pooling::kLast takes, that one included
  std::int64_t width = 0;             ///< D
  at::ScalarType type = at::kFloat;   ///< the type in which nothing is lost
  std::int64_t at_once = 16;          ///< items that go through the front together
  /// The chosen items. May be called from several threads at once, under c10::InferenceMode.
  std::function<EntryBatch(const std::vector<std::int64_t>& items)> compute;

  std::int64_t size_bytes() const;
};

/// Captions up to layer `first`. The source outlives the items.
EntryItems caption_items(const TextSource& source, const std::vector<std::string>& captions, std::int64_t first);

/// Pictures up to layer `first`; one that cannot be read throws FileError when it is computed. The
/// source outlives the items.
EntryItems picture_items(const ImageSource& source, std::vector<PictureSource> pictures, std::int64_t first);

enum class EntryPlace {
  kMemory,
  kFile,        ///< a file without a name, mapped; it goes when the program does
  kRecomputed,  ///< nowhere: the frozen layers run again at every step
};

/// "in memory", "in a mapped file", "computed anew at every step".
std::string_view entry_place_name(EntryPlace place);

/// Memory while it is at most `memory_bytes`, then a file while the disk of `folder` keeps as much
/// free as it takes.
EntryPlace choose_entry_place(std::int64_t size_bytes, std::int64_t memory_bytes, const std::filesystem::path& folder);

class EntryStates {
 public:
  /// Computes all of them, unless they shall be recomputed. `folder` is for the file.
  /// Throws FileError if the file cannot be made as large as it must be.
  EntryStates(EntryItems items, EntryPlace place, const std::filesystem::path& folder, int threads = 0,
              const Progress& progress = {});

  std::int64_t length(std::int64_t item) const { return items_.lengths[item]; }
  EntryPlace place() const { return place_; }
  std::int64_t size_bytes() const { return items_.size_bytes(); }

  EntryBatch batch(const std::vector<std::int64_t>& items) const;

 private:
  EntryBatch empty_batch(const std::vector<std::int64_t>& items) const;
  void fill(int threads, const Progress& progress);
  EntryBatch recomputed(const std::vector<std::int64_t>& items) const;

  EntryItems items_;
  EntryPlace place_;
  int threads_;
  std::vector<std::int64_t> offsets_;  // of each item's first token
  at::Tensor states_;                  // [all tokens, D]
};

}  // namespace tandem

// How a caption set is written, and what was written.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"

namespace tandem {

struct WriteOptions {
  std::int64_t shorter_side =
      0;  ///< pixels; larger pictures are reduced to this shorter side (stored_picture.h); 0: unchanged
  std::int64_t per_shard = 1000;  ///< pictures per tar file
  int threads = 0;                ///< 0: one per core
  bool replace = false;           ///< replace what already has these names
  bool strict = false;            ///< reject pictures that cannot be read instead of leaving them out
  Progress progress = {};         ///< counts pictures
};

struct WrittenData {
  std::int64_t pictures = 0;
  std::int64_t captions = 0;
  std::int64_t files = 0;        ///< tar shards, or 1 for the table
  std::int64_t bytes = 0;        ///< total size of all files
  std::vector<Defect> left_out;  ///< pictures that could not be read
};

}  // namespace tandem

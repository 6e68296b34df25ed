// How a caption set is written elsewhere, and what came of it.
#pragma once

#include <cstdint>
#include <vector>

#include "tandem/base/progress.h"
#include "tandem/data/caption_set.h"

namespace tandem {

struct WriteOptions {
  std::int64_t shorter_side =
      0;  ///< pictures whose shorter side is longer than this are made smaller (stored_picture.h); 0: as they are
  std::int64_t per_shard = 1000;  ///< pictures a tar file
  int threads = 0;                ///< 0: one a core
  bool replace = false;           ///< what is already there under these names
  bool strict = false;            ///< refuse pictures that cannot be read instead of leaving them out
  Progress progress = {};         ///< told of pictures
};

struct WrittenData {
  std::int64_t pictures = 0;
  std::int64_t captions = 0;
  std::int64_t files = 0;        ///< tar shards, or the table alone
  std::int64_t bytes = 0;        ///< of all that was written
  std::vector<Defect> left_out;  ///< pictures that could not be read
};

}  // namespace tandem

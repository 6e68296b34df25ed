// How data is to be read, beyond where it is.
#pragma once

#include <cstdint>
#include <filesystem>

namespace tandem {

struct DataOptions {
  bool strict = false;            ///< refuse data with defects instead of leaving them out
  std::int64_t limit = 0;         ///< keep so many pictures (selection.h); 0: all
  std::int64_t per_category = 0;  ///< keep so many pictures of each class; 0: all
  std::uint64_t seed = 0;         ///< of what is chosen: pictures, and templates of generated captions
  std::filesystem::path
      templates;  ///< captions to generate, one a line with {} for the class (caption_templates.h); empty: ours
};

}  // namespace tandem

// How data is to be read, beyond where it is.
#pragma once

namespace tandem {

struct DataOptions {
  bool strict = false;  ///< refuse data with defects instead of leaving them out
};

}  // namespace tandem
